import Glibc
import Output
import Synchronization

/// A bar on the terminal with the time still to go, for work that takes more than two seconds. Says
/// nothing when standard error is not a terminal.
final class ProgressBar: Sendable {
  private let total: Int
  private let label: String
  private let isShown: Bool
  private let began: Double
  private let state = Mutex((done: 0, drawnAt: 0.0))

  init(total: Int, label: String) {
    self.total = max(1, total)
    self.label = label
    isShown = Standard.error.isTerminal
    began = ProgressBar.now()
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// So much is done. May be called from any thread.
  func advance(to done: Int) {
    if !isShown { return }
    let time = ProgressBar.now()
    let line: String? = state.withLock { state -> String? in
      state.done = min(total, max(state.done, done))
      guard time - began > 2, time - state.drawnAt > 0.1 else { return nil }
      state.drawnAt = time
      return drawn(state.done, time - began)
    }
    if let line { Standard.error.show(line) }
  }

  private func drawn(_ done: Int, _ spent: Double) -> String {
    let width = 30
    let filled = min(width, done * width / total)
    let left = Int((spent / Double(max(1, done)) * Double(total - done)).rounded())
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return "\r\u{1B}[K\(label)\(bar) \(done * 100 / total) %, \(left) s to go"
  }

  /// Takes the bar away.
  func clear() {
    if state.withLock({ $0.drawnAt > 0 }) { Standard.error.show("\r\u{1B}[K") }
  }
}
