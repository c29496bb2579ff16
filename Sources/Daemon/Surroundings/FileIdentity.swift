import Glibc

/// Which file a path leads to, however it is named (stat(2)).
struct FileIdentity: Equatable, Sendable {
  /// The device it is on.
  var device: UInt64
  /// Its number there.
  var number: UInt64

  /// The file at `path`; `nil`: there is none, or it cannot be seen.
  init?(at path: String) {
    var found = stat()
    guard lstat(path, &found) == 0 else { return nil }
    device = UInt64(found.st_dev)
    number = UInt64(found.st_ino)
  }

  /// A file of a simulated machine.
  init(number: UInt64) {
    device = 0
    self.number = number
  }
}
