import Base
import NIOCore
import NIOEmbedded

@testable import Daemon
@testable import TestSupport

/// Jobs of a thread, done one after another after a while.
final class SimulatedThread: @unchecked Sendable {
  private var jobs: [Workers.Job] = []
  var random: TestRandom
  /// While it is, nothing more is done.
  var isHeld = false {
    didSet { if !isHeld, !jobs.isEmpty { next() } }
  }
  private weak var loop: EmbeddedEventLoop?

  init(_ loop: EmbeddedEventLoop, seed: UInt64) {
    self.loop = loop
    random = TestRandom(state: seed)
  }

  /// What is not done yet will not be.
  func end() { jobs.removeAll() }

  func take(_ job: @escaping Workers.Job) {
    jobs.append(job)
    if jobs.count == 1 { next() }
  }

  private func next() {
    let delay = Int64.random(in: 50...5_000, using: &random)
    loop?.scheduleTask(in: .microseconds(delay)) { [self] in
      if isHeld || jobs.isEmpty { return }
      jobs[0]()
      jobs.removeFirst()
      if !jobs.isEmpty { next() }
    }
  }
}
