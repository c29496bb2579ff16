import Base
import LineProtocol
import Switchboard
import Vocabulary

/// A request of a verb that its sender may use, with the arguments of that verb. Whether a rep acts for another is
/// judged where the rep is known: ``Switchboard/permitted(_:_:)``.
struct RequestContext {
  let request: Request
  let verb: Verb
  /// What the role of ``session`` may do with it.
  let permission: VerbDeclaration.Permission
  let arguments: Arguments
  let session: Session
  /// When it was taken in. What is answered later is done later.
  let now: Instant

  /// What the client calls the request.
  var tag: String? { request.tag }

  /// Reads the verb and the arguments of `request`.
  /// - Throws: ``Refusal``: there is no such verb, `session` may not use it, or an argument is not as it says.
  init(_ request: Request, _ session: Session, at now: Instant) throws(Refusal) {
    guard let verb = Verb.named(request.verb) else {
      let hint = Suggestion.hint(for: request.verb, in: Verb.all.map(\.name))
      throw Refusal(.unknownCommand, "there is no verb \"\(request.verb)\"\(hint)")
    }
    let declaration = verb.declaration
    permission = declaration.permission(for: session.role)
    guard permission != .no else {
      let need = declaration.roles.roles.map(\.rawValue).joined(separator: ",")
      throw Refusal(
        .forbidden, "\(request.verb) needs another role than \(session.role.rawValue)",
        [Field("role", session.role.rawValue), Field("need", need)])
    }
    do {
      arguments = try declaration.arguments(of: request)
    } catch {
      throw Refusal(.badArgument, error.text)
    }
    self.request = request
    self.verb = verb
    self.session = session
    self.now = now
  }
}
