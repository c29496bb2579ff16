import Base
import LineProtocol
import Vocabulary

/// `help`: the verbs that the client may use, or the arguments of one.
enum Help {
  /// Writes the answer.
  /// - Throws: ``Refusal``: there is no such verb.
  static func answer(
    _ request: RequestContext, at seq: UInt64, _ output: inout LineWriter
  ) throws(Refusal) {
    var rows = RowWriter(tag: request.tag, writer: output)
    if let name = request.arguments[.verb] {
      guard let verb = Verb.named(name)?.declaration else {
        let hint = Suggestion.hint(for: name, in: Verb.all.map(\.name))
        throw Refusal(.notFound, "there is no verb \"\(name)\"\(hint)")
      }
      write(verb, &rows)
      for parameter in verb.words + verb.allOptions {
        rows.begin()
        rows.option("argument", parameter.name)
        rows.option("kind", parameter.kind.description)
        rows.option("required", parameter.isRequired ? "yes" : "no")
        rows.option("text", parameter.summary)
        rows.end()
      }
    } else {
      for verb in Verb.all.map(\.declaration) where verb.roles.contains(request.session.role) {
        write(verb, &rows)
      }
    }
    rows.finish(at: seq)
    output = rows.writer
  }

  private static func write(_ verb: VerbDeclaration, _ rows: inout RowWriter) {
    rows.begin()
    rows.option("verb", verb.synopsis)
    rows.option("text", verb.summary)
    rows.end()
  }
}
