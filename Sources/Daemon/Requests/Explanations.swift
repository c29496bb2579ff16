import Events
import LineProtocol
import Reporting
import Routing
import Switchboard
import Vocabulary

/// `offer.explain`: a rep says later why a call that rang was not taken. The offer is looked up in the read model; what
/// is said is recorded beside it, and the refusal stays counted.
final class Explanations: @unchecked Sendable {
  private let context: ServerContext
  private let pipeline: Pipeline
  private let reports: Reports
  private let answers: Answers

  init(
    _ context: ServerContext, _ pipeline: Pipeline, _ reports: Reports, _ answers: Answers
  ) {
    self.context = context
    self.pipeline = pipeline
    self.reports = reports
    self.answers = answers
  }

  /// Looks the offer up, and records what is said of it.
  func explain(
    _ request: RequestContext, _ claim: KeyClaim?, for connection: Connection
  ) throws {
    let board = pipeline.board
    if let agent = request.arguments[.agent] {
      _ = try board.permitted(try board.agent(named: agent), request)
    }
    let offer: OfferID = try board.number(request.arguments.required(.offer))
    let pending = answers.postpone(request, claim, for: connection)
    reports.query({ try $0.pastOffer(offer) }) { [self] result in
      answers.answer(pending) { connection in
        let past = try checked(try result.get(), offer, request)
        record(offer, past, request)
        connection.reply { output in
          output.reply(request.tag, .ok)
          output.option("offer", offer.name)
          output.option("call", past.call)
          output.option("outcome", past.outcome ?? "")
          pipeline.board.finish(&output)
        }
      }
    }
  }

  private func checked(
    _ past: ReportStore.PastOffer?, _ offer: OfferID, _ request: RequestContext
  ) throws -> ReportStore.PastOffer {
    guard let past else {
      let field = Field("offer", offer.name)
      throw Refusal.unknown("offer \(offer.name)", field, archived: pipeline.archived)
    }
    if past.callArrived < pipeline.board.wordsForgottenBefore {
      throw Refusal.forgotten(offer.name)
    }
    if pipeline.board.isOthers(past.agent, request) {
      throw Refusal(
        .wrongState, "offer \(offer.name) rang at another rep", [Field("offer", offer.name)])
    }
    guard past.isRefused else {
      throw Refusal(
        .wrongState, "offer \(offer.name) was not refused: there is nothing to explain",
        [Field("outcome", past.outcome ?? "ringing")])
    }
    return past
  }

  private func record(
    _ offer: OfferID, _ past: ReportStore.PastOffer, _ request: RequestContext
  ) {
    let own = request.session.agent.map { pipeline.board.directory.name(of: $0) }
    let detail = Detail(call: past.call)
      .with(.explanation, request.arguments.required(.reason))
      .with(.by, past.agent == own ? nil : request.session.user)
    pipeline.change { board, batch in
      board.note(
        .offerExplained(offer: offer.rawValue), detail, at: context.now(),
        by: request.session.uid, &batch)
    }
  }
}
