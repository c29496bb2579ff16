import Foundation

/// A directory that is gone afterwards.
package func withScratchDirectory<T>(_ body: (String) throws -> T) throws -> T {
  let directory = FileManager.default.temporaryDirectory.appending(
    path: "rl-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
  ).path
  try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: directory) }
  return try body(directory)
}

/// Which machine this is, in a few words.
package var machine: String {
  let gigabytes = (Double(ProcessInfo.processInfo.physicalMemory) / 1_073_741_824).rounded()
  return "\(ProcessInfo.processInfo.processorCount) cores, \(Int(gigabytes)) GiB"
}

/// Raises the number of descriptors this process, and what it starts, may have as far as it may.
/// - Returns: how many that is.
package func raiseDescriptorLimit() -> Int {
  var limit = rlimit()
  getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  limit.rlim_cur = limit.rlim_max
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  return Int(limit.rlim_cur)
}
