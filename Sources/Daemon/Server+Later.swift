import LineProtocol

/// A command whose answer is made elsewhere, or has to wait: what it takes to answer it in the end.
struct Pending {
  let context: RequestContext
  let claim: KeyClaim?
  let connection: Connection
}

extension Server {
  /// Takes a command in that is answered later, by ``answer(_:_:)``. Requests that follow it on the connection wait,
  /// so that replies stay in order; a repetition of its key is told that it is under way.
  func postpone(
    _ context: RequestContext, _ claim: KeyClaim?, for connection: Connection
  ) -> Pending {
    if let claim { replies.begin(claim) }
    connection.pause()
    return Pending(context: context, claim: claim, connection: connection)
  }

  /// Answers with what `body` does and writes, or why not; nothing is done for somebody who may not ask any more.
  /// The reply to a command with a key is kept in the transaction of what has been done, so `body` writes it before it
  /// returns, and to the connection of `pending`. (Questions answered elsewhere, which have no key: `finish`.)
  func answer(_ pending: Pending, _ body: () throws -> Void) {
    let connection = pending.connection
    let start = connection.output.bytes.count
    let isLasting = carryOut(pending, body)
    if let claim = pending.claim {
      replies.end(claim)
      if isLasting { keepReply(to: claim, from: start, of: connection, pending.context) }
    }
    // Announced anew: a pause takes back what was announced, lest something else is sent in its place.
    willAnswer(connection, tag: pending.context.tag)
    connection.resume()
  }

  /// - Returns: whether a repetition is to be given the same reply. One whose rights have gone may have them again.
  private func carryOut(_ pending: Pending, _ body: () throws -> Void) -> Bool {
    let tag = pending.context.tag
    do {
      try requireRights(pending.context, pending.connection)
    } catch {
      error.write(tag, to: &pending.connection.output)
      return false
    }
    do {
      try body()
      return true
    } catch let refusal as Refusal {
      refusal.write(tag, to: &pending.connection.output)
      return refusal.isLasting
    } catch {
      Refusal(.internalError, "\(error)").write(tag, to: &pending.connection.output)
      return false
    }
  }
}
