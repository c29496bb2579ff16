import Foundation

/// A directory for one test, and what can be in it.
final class TestFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "ro-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of `name` in it.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Everything that is in it.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  /// The text of a file.
  func text(_ name: String) -> String? { try? String(contentsOfFile: self(name), encoding: .utf8) }

  /// Puts a file there.
  func put(_ text: String, _ name: String, mode: mode_t = 0o644) throws {
    try text.write(toFile: self(name), atomically: false, encoding: .utf8)
    chmod(self(name), mode)
  }

  /// What the system says of a name, links not followed.
  func status(_ name: String) -> stat {
    var status = stat()
    lstat(self(name), &status)
    return status
  }

  /// Kind and permissions.
  func mode(_ name: String) -> mode_t { status(name).st_mode }

  /// A device on which there is no room: for root one of its own, so that a program that breaks the rules breaks
  /// nothing else; `nil` if there is none.
  var fullDevice: String? {
    if geteuid() != 0 { return "/dev/full" }
    let node = self("full")
    guard mknod(node, S_IFCHR | 0o666, 1 << 8 | 7) == 0 else { return nil }
    let descriptor = open(node, O_WRONLY)
    close(descriptor)
    return descriptor >= 0 ? node : nil
  }

  /// setfsuid(2), which Swift's view of glibc leaves out.
  private static let setFileUser = unsafeBitCast(
    dlsym(nil, "setfsuid"), to: (@convention(c) (uid_t) -> Int32).self)

  /// Runs `body` as somebody who is not root; permissions are the thread's own.
  func asNobody<Value>(_ body: () throws -> Value) rethrows -> Value {
    if geteuid() != 0 { return try body() }
    _ = Self.setFileUser(65_534)
    defer { _ = Self.setFileUser(0) }
    return try body()
  }
}
