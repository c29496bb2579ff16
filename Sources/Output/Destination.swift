import Glibc

/// Where a program was told to write: a file, whatever else has a path, or, named `-`, standard output.
///
/// - A file is replaced as a whole: what is written goes into a file beside it, on the disk, and then takes its
///   place with its mode and owner. Whatever goes wrong, the file is as it was, or not there.
/// - A device, a pipe or a terminal is written in place and stays what it is.
/// - A symbolic link is followed; it stays a link.
/// - `-`, `/dev/stdout`, `/dev/stderr`, `/dev/fd/N` and `/proc/self/fd/N` are the streams that the program was
///   started with, as they are: a file behind one is written where it stands, and a socket can be written, too.
public struct Destination: Sendable {
  /// The path as it was given.
  public let path: String

  /// A destination by the path that somebody gave.
  public init(_ path: String) { self.path = path }

  /// Whether it is standard output, by whatever name.
  public var isStandardOutput: Bool {
    if case .descriptor(STDOUT_FILENO) = try? target() { true } else { false }
  }

  /// Whether it is no file: writing adds to what is there instead of replacing it.
  public var isStream: Bool {
    switch try? target() {
    case .descriptor, .place: true
    case .file, nil: false
    }
  }

  /// Asks, before the work is done, whether writing can succeed.
  /// - Throws: What `write` would throw (exit code 73), as far as that can be known now.
  public func check() throws(WriteFailure) {
    switch try target() {
    case .descriptor(let number):
      if fcntl(number, F_GETFD) < 0 { throw failure(errno) }
    case .place(let place):
      if faccessat(AT_FDCWD, place, W_OK, AT_EACCESS) != 0 { throw failure(errno) }
    case .file(let file): try Replacement(of: file, named: path).check()
    }
  }

  /// Writes `text`, all of it or, into a file, nothing.
  /// - Throws: Why not; the exit code is 73 if the place cannot be opened, 74 if the bytes could not be written.
  public func write(_ text: String) throws(WriteFailure) {
    let bytes = Array(text.utf8)
    switch try target() {
    case .descriptor(let descriptor):
      let number = Bytes.write(bytes, to: descriptor)
      if number != 0 { throw failure(number, .write) }
    case .place(let place): try write(bytes, inPlace: place)
    case .file(let file): try Replacement(of: file, named: path).write(bytes)
    }
  }

  private func write(_ bytes: [UInt8], inPlace place: String) throws(WriteFailure) {
    // Waits for a reader if it is a pipe.
    let descriptor = open(place, O_WRONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw failure(errno) }
    let number = Bytes.write(bytes, to: descriptor)
    let end = close(descriptor) == 0 ? 0 : errno
    if number != 0 || end != 0 { throw failure(number != 0 ? number : end, .write) }
  }

  private func failure(_ number: Int32, _ step: WriteFailure.Step = .create) -> WriteFailure {
    WriteFailure(path, step, number)
  }

  // MARK: What is there

  private enum Target {
    case descriptor(Int32)
    case place(String)
    case file(String)
  }

  /// What the path leads to, links followed.
  private func target() throws(WriteFailure) -> Target {
    if path == "-" { return .descriptor(STDOUT_FILENO) }
    var place = path
    // As many links as the kernel follows.
    for _ in 0..<40 {
      if let number = Self.descriptor(place) { return .descriptor(number) }
      var status = stat()
      guard lstat(place, &status) == 0 else {
        if errno == ENOENT, !place.isEmpty, !place.hasSuffix("/") { return .file(place) }
        throw failure(place.hasSuffix("/") ? EISDIR : errno)
      }
      switch status.st_mode & S_IFMT {
      case S_IFLNK: place = try followed(place)
      case S_IFREG: return .file(place)
      case S_IFDIR: throw failure(EISDIR)
      case S_IFSOCK: throw failure(ENXIO)
      case _: return .place(place)
      }
    }
    throw failure(ELOOP)
  }

  /// The descriptor that a path names, as this program sees it.
  private static func descriptor(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": return STDOUT_FILENO
    case "/dev/stderr": return STDERR_FILENO
    case _:
      let folder = ["/dev/fd/", "/proc/self/fd/"].first { path.hasPrefix($0) }
      return folder.flatMap { Int32(path.dropFirst($0.count)) }
    }
  }

  /// Where the symbolic link `place` leads.
  private func followed(_ place: String) throws(WriteFailure) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(place, &buffer, buffer.count)
    guard count >= 0 else { throw failure(errno) }
    let there = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return there.hasPrefix("/") ? there : Replacement.folder(of: place) + there
  }
}
