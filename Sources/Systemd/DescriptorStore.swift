import CSystemd
import Glibc

/// What systemd keeps for a service while no process of it runs: open descriptors, by name
/// (systemd.service(5), `FileDescriptorStoreMax=`; sd_notify(3), `FDSTORE=1`).
///
/// Kept over restarts and crashes, closed when the unit is stopped.
public enum DescriptorStore {
  /// Gives `descriptor` into systemd's keeping, under `name`. This process keeps its own.
  /// - Returns: whether it was sent; if the store is full systemd closes it.
  @discardableResult
  public static func put(_ descriptor: Int32, name: String) -> Bool {
    var descriptor = descriptor
    return sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDNAME=\(name)", &descriptor, 1) > 0
  }

  /// Keeps `bytes`, in a file in memory.
  @discardableResult
  public static func put(_ bytes: [UInt8], name: String) -> Bool {
    let file = rota_memory_file(name)
    guard file >= 0 else { return false }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if count <= 0 { return false }
      rest = rest.dropFirst(count)
    }
    return put(file, name: name)
  }

  /// What has been stored under `name`; the caller closes it.
  public static func descriptors(named name: String) -> [Int32] {
    ServiceManager.descriptors(named: name)
  }

  /// The bytes that have been stored under `name`, if any.
  public static func bytes(named name: String) -> [UInt8]? {
    guard let file = descriptors(named: name).first else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_size >= 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        pread(file, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(done))
      }
      if count <= 0 { return nil }
      done += count
    }
    return bytes
  }

  /// Takes everything stored under `name` out of the store.
  public static func remove(named name: String) {
    ServiceManager.notify("FDSTOREREMOVE=1\nFDNAME=\(name)")
  }

  /// The descriptors that this process has open, by their numbers (proc(5), `/proc/self/fd`): there may be a million
  /// numbers, and a few that are open. Empty where /proc is not mounted.
  public static var openDescriptors: [Int32] {
    guard let directory = opendir("/proc/self/fd") else { return [] }
    defer { closedir(directory) }
    var numbers: [Int32] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let number = Int32(name), number != dirfd(directory) { numbers.append(number) }
    }
    return numbers.sorted()
  }

  /// Waits until systemd has taken in what was sent so far, at most `microseconds`. What a process has sent right
  /// before it ends may otherwise be no longer known to be its own.
  public static func settle(microseconds: UInt64) { sd_notify_barrier(0, microseconds) }
}
