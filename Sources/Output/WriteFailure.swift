import Glibc

/// Why something could not be written: what, where, the system's words, and what to do about it.
public struct WriteFailure: Error, CustomStringConvertible, Sendable {
  /// What was to be done.
  public enum Step: Sendable {
    /// To make the file, or to open what is there.
    case create
    /// To write the bytes, or to bring them to the disk.
    case write
  }

  /// The path as it was given.
  public let path: String
  /// What could not be done.
  public let step: Step
  /// The system's number of the error, such as `ENOSPC`.
  public let number: Int32
  /// What to do about it, if more is known than the number tells.
  private let hint: String?

  init(_ path: String, _ step: Step, _ number: Int32, hint: String? = nil) {
    self.path = path
    self.step = step
    self.number = number
    self.hint = hint
  }

  /// The exit code of sysexits.h: 73 (cannot create) or 74 (input/output error).
  public var exitCode: Int32 {
    switch step {
    case .create: 73
    case .write: 74
    }
  }

  /// One line: `page.html: cannot be written: No space left on device; make room...`.
  public var description: String {
    let what =
      switch step {
      case .create: "cannot be created"
      case .write: "cannot be written"
      }
    let name = path.isEmpty ? "a file without a name" : path == "-" ? "standard output" : path
    return "\(name): \(what): \(String(cString: strerror(number))); \(hint ?? advice)"
  }

  private var advice: String {
    switch number {
    case ENOENT: "make the directory first"
    case ENOTDIR: "a part of the path is no directory; name another file"
    case EISDIR: "this is a directory; name a file in it"
    case EACCES, EPERM: "name a file where you may write, or - for standard output"
    case EROFS: "name a file on another disk, or - for standard output"
    case ENOSPC, EDQUOT: "make room, or name a file on another disk"
    case ENXIO: "nobody can open this for writing; name a file, a pipe or - for standard output"
    case ELOOP: "the symbolic links lead nowhere; name another file"
    case ENAMETOOLONG: "choose a shorter name"
    case EPIPE: "whoever was reading has gone"
    default: "name another file, or - for standard output"  // foreign: Int32
    }
  }
}
