import Glibc

/// A directory that a program writes files into.
public struct Folder: Sendable {
  /// The path as it was given.
  public let path: String

  /// A directory by the path that somebody gave.
  public init(_ path: String) { self.path = path }

  /// The file `name` in it.
  public func file(_ name: String) -> Destination {
    Destination(path.hasSuffix("/") ? path + name : "\(path)/\(name)")
  }

  /// Makes it, and the directories above it, unless they are there.
  /// - Throws: Why not; the exit code is 73.
  public func make() throws(WriteFailure) {
    if path == "-" { throw notOne }
    var part = ""
    for name in path.split(separator: "/") {
      part += part.isEmpty && !path.hasPrefix("/") ? name : "/\(name)"
      if mkdir(part, 0o777) == 0 || errno == EEXIST { continue }
      // Where nothing may be made, what is there may do.
      var status = stat()
      if errno == EROFS || errno == EACCES, stat(part, &status) == 0 { continue }
      throw WriteFailure(path, .create, errno)
    }
    var status = stat()
    guard stat(path, &status) == 0 else { throw WriteFailure(path, .create, errno) }
    if status.st_mode & S_IFMT != S_IFDIR { throw notOne }
  }

  private var notOne: WriteFailure {
    WriteFailure(path, .create, ENOTDIR, hint: "several files go here; name a directory")
  }
}
