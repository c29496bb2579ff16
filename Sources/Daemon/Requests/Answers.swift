import Base
import Frames
import Journal
import LineProtocol
import Routing
import Switchboard
import Vocabulary

/// A request whose answer is made elsewhere, or has to wait: what it takes to answer it in the end.
struct Pending {
  let request: RequestContext
  let claim: KeyClaim?
  let connection: Connection
}

/// Sees to it that each request is answered once, in its turn, and to somebody who may ask for it; and that a command
/// with a key is carried out once, however often it is sent. Every command passes here, whoever carries it out.
final class Answers: @unchecked Sendable {
  private let context: ServerContext
  private let pipeline: Pipeline
  private let sessions: Sessions
  private var replies: KnownReplies

  init(
    _ context: ServerContext, _ pipeline: Pipeline, _ sessions: Sessions, _ replies: [KeyedReply]
  ) {
    self.context = context
    self.pipeline = pipeline
    self.sessions = sessions
    self.replies = KnownReplies(replies)
  }

  // MARK: Once for each key

  /// Has a command carried out by `body`: once per key, within its time, and its reply kept with its events.
  func once(
    _ request: RequestContext, for connection: Connection, _ body: (KeyClaim?) throws -> Void
  ) throws {
    guard let key = request.arguments[.key] else {
      try requireTime(request, connection)
      return try body(nil)
    }
    let claim = claim(key, request)
    switch replies.find(claim) {
    case .nothing: break
    case .reply(let known): return replay(known, request.tag, to: connection)
    case .underWay:
      throw Refusal(
        .busy, "the command with this key is being carried out; repeat it for its reply",
        [Field("key", key), Field("retry-after", "1")])
    case .otherCommand:
      throw Refusal(.keyReused, "the key was used for another command", [Field("key", key)])
    }
    try requireRoomForKey(request.session)
    let start = connection.replyCount
    do {
      try requireTime(request, connection)
      try body(claim)
    } catch let refusal as Refusal where refusal.isLasting {
      connection.reply { refusal.write(request.tag, to: &$0) }
    }
    // What is answered elsewhere keeps its reply when there is one.
    if !replies.isUnderWay(claim) { keepReply(to: claim, from: start, of: connection, request) }
  }

  private func requireTime(_ request: RequestContext, _ connection: Connection) throws {
    guard let within = request.arguments[.within], request.now - connection.inputSince > within
    else { return }
    throw Refusal(.tooLate, "not begun within \(within); nothing happened")
  }

  /// The key with the command it came with. The hash knows who asked, and as what: by `become` one user may be several.
  private func claim(_ key: String, _ request: RequestContext) -> KeyClaim {
    let session = request.session
    let identity = "\(session.uid) \(session.role) \(session.agent?.index ?? -1) "
    let hash = Journal.commandHash(identity + Self.canonical(request.request))
    // Two telephony sides may be one user, and use one id, and so one key.
    let side = session.feed == .unnamed ? "" : "\(session.feed.rawValue)/"
    return KeyClaim(user: session.uid, key: side + key, command: hash)
  }

  private func requireRoomForKey(_ session: Session) throws {
    let (limits, used) = (context.limits, replies.count(of: session.uid))
    let hasRoom = limits.haveRoom(
      forKeyOf: session.role, own: used, all: replies.count,
      ofPeople: replies.count(upTo: limits.keysPerPerson))
    if hasRoom { return }
    let counts = "\(used) of user \(session.user), \(replies.count) in all"
    throw Refusal(.busy, "too many keys in 24 hours: \(counts)", [Field("retry-after", "60")])
  }

  /// Keeps the reply that begins at byte `start` of what `connection` is to be sent, in the transaction of the events.
  private func keepReply(
    to claim: KeyClaim, from start: Int, of connection: Connection, _ request: RequestContext
  ) {
    let line = connection.replies(from: start).dropLast()
    let reply = KeyedReply(
      user: claim.user, key: claim.key, command: claim.command,
      reply: Self.withoutTag(String(decoding: line, as: UTF8.self)), at: request.now)
    pipeline.keep(reply)
    replies.add(reply)
  }

  /// Forgets the replies that are a day old.
  func forgetOld() {
    let tooOld = context.now() - Journal.replyLifetime
    replies.forget(before: tooOld)
    context.keeper.run({ try $0.forgetReplies(before: tooOld) }) {
      (_: Result<Void, any Error>) in
    }
  }

  /// The request without tag, whatever the order of its options.
  private static func canonical(_ request: Request) -> String {
    var plain = request
    plain.tag = nil
    let words = request.words.map { Request.Argument.word($0) }
    let options = request.arguments.compactMap { argument -> (String, String)? in
      if case .option(let name, let value) = argument { (name, value) } else { nil }
    }
    plain.arguments =
      words + options.sorted { $0.0 < $1.0 }.map { .option(name: $0.0, value: $0.1) }
    return plain.line
  }

  private static func withoutTag(_ line: String) -> String {
    guard let space = line.firstIndex(of: " ") else { return line }
    return String(line.prefix(1)) + line[space...]
  }

  private func replay(_ reply: KeyedReply, _ tag: String?, to connection: Connection) {
    let text = reply.reply
    let tagged = String(text.prefix(1)) + (tag.map { "#\($0)" } ?? "") + text.dropFirst()
    connection.reply { output in
      output.append(raw: tagged)
      output.option("replayed", "yes")
      output.end()
    }
  }

  // MARK: Later

  /// Takes a request in that is answered later, by ``answer(_:_:)``. Requests that follow it on the connection wait,
  /// so that replies stay in order; a repetition of its key is told that it is under way.
  func postpone(
    _ request: RequestContext, _ claim: KeyClaim?, for connection: Connection
  ) -> Pending {
    if let claim { replies.begin(claim) }
    connection.pause()
    return Pending(request: request, claim: claim, connection: connection)
  }

  /// Answers with what `body` does and writes, or why not; nothing is done for somebody who may not ask any more.
  /// The reply to a command with a key is kept in the transaction of what has been done: `body` writes it before it
  /// returns, to the connection that it is given, and nothing else.
  func answer(_ pending: Pending, _ body: (Connection) throws -> Void) {
    let connection = pending.connection
    let start = connection.replyCount
    let isLasting = carryOut(pending, body)
    if let claim = pending.claim {
      replies.end(claim)
      if isLasting { keepReply(to: claim, from: start, of: connection, pending.request) }
    }
    // Announced anew: a pause takes back what was announced, lest something else is sent in its place.
    pipeline.willAnswer(connection, tag: pending.request.tag)
    connection.resume()
  }

  /// - Returns: whether a repetition is to be given the same reply. One whose rights have gone may have them again.
  private func carryOut(_ pending: Pending, _ body: (Connection) throws -> Void) -> Bool {
    let (connection, tag) = (pending.connection, pending.request.tag)
    do {
      try sessions.requireRights(pending.request, connection)
    } catch {
      connection.reply { error.write(tag, to: &$0) }
      return false
    }
    do {
      try body(connection)
      return true
    } catch {
      let refusal = error as? Refusal ?? Refusal(.internalError, "\(error)")
      connection.reply { refusal.write(tag, to: &$0) }
      return (error as? Refusal)?.isLasting ?? false
    }
  }
}
