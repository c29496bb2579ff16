import Glibc

/// A file that is to be there as a whole, or to stay as it was.
struct Replacement {
  /// The file, which is no link.
  private let file: String
  /// The path as it was given.
  private let name: String

  init(of file: String, named name: String) {
    self.file = file
    self.name = name
  }

  /// The folder of a path, with its slash; empty if the path has none.
  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  private var folder: String { Self.folder(of: file) }

  private func failure(
    _ number: Int32, _ step: WriteFailure.Step = .create, hint: String? = nil
  ) -> WriteFailure {
    WriteFailure(name, step, number, hint: hint)
  }

  /// Asks whether the file may be replaced.
  /// - Returns: what is there, if anything.
  @discardableResult
  func check() throws(WriteFailure) -> stat? {
    let place = folder.isEmpty ? "." : folder
    guard faccessat(AT_FDCWD, place, W_OK | X_OK, AT_EACCESS) == 0 else {
      let hint = "a file in \(place) is replaced as a whole, so the directory must be writable"
      throw failure(errno, hint: errno == EACCES ? hint : nil)
    }
    var status = stat()
    guard stat(file, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw failure(errno)
    }
    // Replacing would get around a file's own protection.
    if faccessat(AT_FDCWD, file, W_OK, AT_EACCESS) != 0 { throw failure(errno) }
    return status
  }

  /// Writes the file.
  func write(_ bytes: [UInt8]) throws(WriteFailure) {
    let present = try check()
    let (temporary, descriptor) = try beside(mode: present == nil ? 0o666 : 0o600)
    do throws(WriteFailure) {
      try fill(descriptor, bytes, as: present)
      guard rename(temporary, file) == 0 else { throw failure(errno) }
    } catch {
      unlink(temporary)
      throw error
    }
    settle()
  }

  /// A new, empty file in the same folder, which nobody else has.
  private func beside(mode: mode_t) throws(WriteFailure) -> (path: String, descriptor: Int32) {
    while true {
      let path = "\(folder).rota-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      if descriptor >= 0 { return (path, descriptor) }
      if errno != EEXIST { throw failure(errno) }
    }
  }

  /// Writes through `descriptor`, to the disk, and closes it.
  private func fill(
    _ descriptor: Int32, _ bytes: [UInt8], as present: stat?
  ) throws(WriteFailure) {
    var number: Int32 = 0
    if let present, !take(present, descriptor) {
      number = errno
      close(descriptor)
      let hint = "its owner or mode could not be kept; name another file, or remove this one"
      throw failure(number, hint: hint)
    }
    number = Bytes.write(bytes, to: descriptor)
    if number == 0, fsync(descriptor) != 0 { number = errno }
    if close(descriptor) != 0, number == 0 { number = errno }
    if number != 0 { throw failure(number, .write) }
  }

  /// Takes the owner, the group and the mode of the file that is there.
  private func take(_ present: stat, _ descriptor: Int32) -> Bool {
    var own = stat()
    guard fstat(descriptor, &own) == 0 else { return false }
    let isAnother = own.st_uid != present.st_uid || own.st_gid != present.st_gid
    if isAnother, fchown(descriptor, present.st_uid, present.st_gid) != 0 { return false }
    return fchmod(descriptor, present.st_mode & 0o7777) == 0
  }

  /// Brings the new name to the disk. If that fails, the file is there all the same.
  private func settle() {
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { return }
    fsync(descriptor)
    close(descriptor)
  }
}
