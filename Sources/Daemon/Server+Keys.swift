import Switchboard
import Frames
import Base
import Journal
import LineProtocol
import Routing
import Vocabulary

// Every command passes here: once per key, within its time, under its condition, whoever carries it out.

extension Server {
  /// A command: once per key, within its time, and its reply kept with its events.
  func perform(_ context: RequestContext, for connection: Connection) throws {
    guard let key = context.arguments[.key] else {
      return try execute(context, nil, for: connection)
    }
    let claim = claim(key, context)
    switch replies.find(claim) {
    case .nothing: break
    case .reply(let known): return replay(known, context.tag, to: connection)
    case .underWay:
      throw Refusal(
        .busy, "the command with this key is being carried out; repeat it for its reply",
        [Field("key", key), Field("retry-after", "1")])
    case .otherCommand:
      throw Refusal(.keyReused, "the key was used for another command", [Field("key", key)])
    }
    try requireRoomForKey(context.session)
    let start = connection.output.bytes.count
    do {
      try execute(context, claim, for: connection)
    } catch let refusal as Refusal where refusal.isLasting {
      refusal.write(context.tag, to: &connection.output)
    }
    // What is answered elsewhere keeps its reply when there is one.
    if !replies.isUnderWay(claim) { keepReply(to: claim, from: start, of: connection, context) }
  }

  /// The key with the command it came with. The hash knows who asked, and as what: by `become` one user may be several.
  private func claim(_ key: String, _ context: RequestContext) -> KeyClaim {
    let session = context.session
    let identity = "\(session.uid) \(session.role) \(session.agent?.index ?? -1) "
    let hash = Journal.commandHash(identity + Self.canonical(context.request))
    return KeyClaim(user: session.uid, key: key, command: hash)
  }

  private func requireRoomForKey(_ session: Session) throws {
    let used = replies.count(of: session.uid)
    let hasRoom = limits.haveRoom(
      forKeyOf: session.role, own: used, all: replies.count,
      ofPeople: replies.count(upTo: limits.keysPerPerson))
    if hasRoom { return }
    let counts = "\(used) of user \(session.user), \(replies.count) in all"
    throw Refusal(.busy, "too many keys in 24 hours: \(counts)", [Field("retry-after", "60")])
  }

  /// Keeps the reply that begins at byte `start` of what `connection` is to be sent, in the transaction of the events.
  func keepReply(
    to claim: KeyClaim, from start: Int, of connection: Connection, _ context: RequestContext
  ) {
    let line = connection.output.bytes[start...].dropLast()
    let text = Self.withoutTag(String(decoding: line, as: UTF8.self))
    keep(
      KeyedReply(
        user: claim.user, key: claim.key, command: claim.command, reply: text, at: context.now))
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
    connection.output.append(raw: tagged)
    connection.output.option("replayed", "yes")
    connection.output.end()
  }

  private func execute(
    _ context: RequestContext, _ claim: KeyClaim?, for connection: Connection
  ) throws {
    if let within = context.arguments[.within], context.now - connection.inputSince > within {
      throw Refusal(.tooLate, "not begun within \(within); nothing happened")
    }
    switch context.verb {
    case .change(.call(.note)) where isAmendment(context):
      try amend(context, claim, for: connection)
    case .change(let verb):
      try change { board, batch in
        try board.execute(verb, context, &batch, &connection.output)
      }
    case .admin(let verb):
      try board.checkSequence(context)
      administer(verb, context, claim, for: connection)
    case .question: break
    }
  }
}
