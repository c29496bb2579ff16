import Base
import CSystemd
import Glibc

/// The service manager's side of a daemon: readiness, status, watchdog, sockets passed in.
///
/// All of it does nothing when the program was not started by systemd (sd_notify(3)).
public enum ServiceManager {
  /// Whether systemd started this process and wants to hear of it.
  public static var isPresent: Bool { getenv("NOTIFY_SOCKET") != nil }

  /// Start-up is over; `status` is shown by `systemctl status`.
  public static func ready(status: String) { notify("READY=1\nSTATUS=\(status)") }

  /// Shown by `systemctl status`.
  public static func status(_ text: String) { notify("STATUS=\(text)") }

  /// The daemon is about to stop.
  public static func stopping(status: String) { notify("STOPPING=1\nSTATUS=\(status)") }

  /// The configuration is being read again; followed by ``ready(status:)``.
  public static func reloading() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
  }

  /// The daemon is alive.
  public static func pingWatchdog() { notify("WATCHDOG=1") }

  /// Start-up takes `span` longer than the unit file allows for.
  public static func extendTimeout(by span: TimeSpan) {
    notify("EXTEND_TIMEOUT_USEC=\(span.microseconds)")
  }

  /// The time within which systemd wants a ping; `nil`: no watchdog.
  public static var watchdogInterval: TimeSpan? {
    var interval: UInt64 = 0
    return sd_watchdog_enabled(0, &interval) > 0 ? .microseconds(Int64(clamping: interval)) : nil
  }

  /// The listening Unix stream socket that systemd passed under `name` (`FileDescriptorName=`).
  public static func socket(named name: String) -> Int32? {
    descriptors(named: name).first {
      sd_is_socket_unix($0, Int32(SOCK_STREAM.rawValue), 1, nil, 0) > 0
    }
  }

  /// The descriptors that systemd passed under `name`: sockets of the unit, or what an earlier process of the
  /// service has stored.
  static func descriptors(named name: String) -> [Int32] {
    passed.filter { $0.name == name }.map(\.descriptor)
  }

  /// All that systemd passed. Asked once, at first use: sd_listen_fds(3) fails as soon as one of them is closed.
  private static let passed: [(name: String, descriptor: Int32)] = {
    var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    let count = sd_listen_fds_with_names(0, &names)
    guard count > 0, let names else { return [] }
    defer {
      for i in 0..<Int(count) { free(names[i]) }
      free(names)
    }
    return (0..<count).compactMap { i in
      names[Int(i)].map { (String(cString: $0), SD_LISTEN_FDS_START + i) }
    }
  }()

  static func notify(_ state: String) { sd_notify(0, state) }
}
