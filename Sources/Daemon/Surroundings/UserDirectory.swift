import Logging
import NIOCore

/// Who the users at the other ends of sockets are, as the machine's user database says.
///
/// The database may be a server somewhere (LDAP) that takes its time, or does not answer. So it is asked on threads
/// of its own, once for all who ask for the same user, and what it has said is believed for a moment. Each
/// connection waits for its own user, and nobody else for that. After ``limit`` the last answer serves, however old;
/// where there is none, the connection is closed: without groups nobody can say what its user may do.
final class UserDirectory: @unchecked Sendable {
  /// The user database did not answer in time.
  struct NoAnswer: Error {}

  typealias LookUp = @Sendable (Peer.Credentials) -> Peer
  /// Has a job done elsewhere, side by side with others.
  typealias Submit = @Sendable (@escaping @Sendable () -> Void) -> Void

  /// How long a connection waits.
  static let limit = TimeAmount.seconds(5)
  /// How long an answer is believed: who is put into a group may have to connect again after this.
  static let freshFor = TimeAmount.seconds(10)
  /// Answers kept.
  private static let mostKnown = 4_096

  private struct User: Hashable {
    var uid: UInt32
    var gid: UInt32
  }

  private struct Question {
    var number: Int
    var promise: EventLoopPromise<Peer>
  }

  private let loop: any EventLoop
  private let submit: Submit
  private let lookUp: LookUp
  private let logger: Logger
  private var known: [User: (peer: Peer, until: NIODeadline)] = [:]
  private var asked: [User: [Question]] = [:]
  private var lastNumber = 0

  /// - Parameters:
  ///   - loop: Where it is used.
  ///   - submit: Has look-ups done on other threads.
  ///   - lookUp: Asks the user database.
  init(
    loop: any EventLoop, logger: Logger, submit: @escaping Submit,
    lookUp: @escaping LookUp
  ) {
    self.loop = loop
    self.logger = logger
    self.submit = submit
    self.lookUp = lookUp
  }

  /// Who has these credentials. On the loop.
  func peer(_ credentials: Peer.Credentials) -> EventLoopFuture<Peer> {
    let user = User(uid: credentials.uid, gid: credentials.gid)
    if let (peer, until) = known[user], loop.now < until { return loop.makeSucceededFuture(peer) }
    lastNumber += 1
    let question = Question(number: lastNumber, promise: loop.makePromise())
    let isFirst = asked[user] == nil
    asked[user, default: []].append(question)
    loop.scheduleTask(in: Self.limit) { [self] in giveUp(question.number, user) }
    if isFirst {
      submit { [self] in
        let peer = lookUp(credentials)
        loop.execute { [self] in found(peer, user) }
      }
    }
    return question.promise.futureResult
  }

  private func found(_ peer: Peer, _ user: User) {
    if known.count >= Self.mostKnown { known.removeAll() }
    known[user] = (peer, loop.now + Self.freshFor)
    for question in asked.removeValue(forKey: user) ?? [] { question.promise.succeed(peer) }
  }

  private func giveUp(_ number: Int, _ user: User) {
    guard let index = asked[user]?.firstIndex(where: { $0.number == number }),
      let question = asked[user]?.remove(at: index)
    else { return }
    logger.warning(
      "the user database does not answer", metadata: ["uid": "\(user.uid)"])
    if let (peer, _) = known[user] {
      question.promise.succeed(peer)
    } else {
      question.promise.fail(NoAnswer())
    }
  }
}
