import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import Daemon

/// A user database that takes its time holds up nobody but who waits for it.
@Suite struct UserDirectoryTests {
  /// Look-ups that are done when the test says so.
  private final class Threads: @unchecked Sendable {
    var jobs: [@Sendable () -> Void] = []
    var answers: [UInt32: String] = [1: "alice", 2: "bob"]

    func run(_ index: Int) { jobs.remove(at: index)() }
  }

  /// What became of a question.
  private final class Answer: @unchecked Sendable {
    var peer: Peer?
    var hasFailed = false
  }

  private let loop = EmbeddedEventLoop()
  private let threads = Threads()
  private let users: UserDirectory

  init() {
    users = UserDirectory(
      loop: loop, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      submit: { [threads] in threads.jobs.append($0) },
      lookUp: { [threads] in
        Peer(uid: $0.uid, user: threads.answers[$0.uid] ?? "?", groups: [])
      })
  }

  private func ask(_ uid: UInt32) -> Answer {
    let answer = Answer()
    let future = users.peer(Peer.Credentials(pid: 1, uid: uid, gid: uid))
    future.whenSuccess { answer.peer = $0 }
    future.whenFailure { _ in answer.hasFailed = true }
    return answer
  }

  @Test("One user's slow look-up holds up nobody else, and is made once for all who ask")
  func sideBySide() {
    let (first, second, other) = (ask(1), ask(1), ask(2))
    #expect(threads.jobs.count == 2)
    threads.run(1)
    loop.run()
    #expect(other.peer?.user == "bob" && first.peer == nil)
    threads.run(0)
    loop.run()
    #expect(first.peer?.user == "alice" && second.peer?.user == "alice")
  }

  @Test("An answer is believed for ten seconds and asked for anew after that")
  func fresh() {
    _ = ask(1)
    threads.run(0)
    loop.run()
    loop.advanceTime(by: .seconds(9))
    #expect(ask(1).peer?.user == "alice" && threads.jobs.isEmpty)
    loop.advanceTime(by: .seconds(1))
    threads.answers[1] = "alicia"
    let later = ask(1)
    #expect(later.peer == nil && threads.jobs.count == 1)
    threads.run(0)
    loop.run()
    #expect(later.peer?.user == "alicia")
  }

  @Test("Without an answer in time: who is known goes by the last one, a stranger is turned away")
  func noAnswer() {
    _ = ask(1)
    threads.run(0)
    loop.run()
    loop.advanceTime(by: .seconds(60))
    let (known, stranger) = (ask(1), ask(2))
    loop.advanceTime(by: .milliseconds(4_999))
    #expect(known.peer == nil && !stranger.hasFailed)
    loop.advanceTime(by: .milliseconds(1))
    #expect(known.peer?.user == "alice" && stranger.hasFailed)
    // No second look-up is made while the first has not come back; when it does, it serves who asks then.
    let again = ask(2)
    #expect(threads.jobs.count == 2)
    threads.run(1)
    loop.run()
    #expect(again.peer?.user == "bob")
    // What comes after the time has passed hurts nobody.
    loop.advanceTime(by: .seconds(6))
    #expect(!again.hasFailed)
  }
}
