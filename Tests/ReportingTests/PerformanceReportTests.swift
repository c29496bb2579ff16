import Base
import LineProtocol
import Measures
import Routing
import Testing

@testable import Reporting

/// Every figure of the performance report, computed by hand beside the history.
@Suite struct PerformanceReportTests {
  @Test("Offers by how they ended: their sum is all of them; three are refusals, of two calls")
  func offers() throws {
    var book = try Book()
    book.login(0, Book.alice)
    for (ring, outcome) in OfferOutcome.allCases.enumerated() where outcome != .answered {
      let number = [OfferOutcome.noAnswer, .ignored].contains(outcome) ? 1 : 2
      if ring == 1 { book.arrive(0, 1) }
      if outcome == .wentNotReady { book.arrive(0, 2) }
      book.offer(Double(ring) * 10, number, Book.alice, ring: ring)
      book.endOffer(Double(ring) * 10 + 5, number, Book.alice, outcome, ring: ring)
    }
    book.offer(200, 2, Book.alice, ring: 9)
    let offers = try book.performance("alice").offers
    #expect(offers.offered == 8 && offers.answered == 0 && offers.ringing == 1)
    #expect(offers.noAnswer == 1 && offers.ignored == 1 && offers.wentNotReady == 1)
    #expect(offers.unreachable == 1 && offers.lostRace == 1 && offers.callerAbandoned == 1)
    #expect(offers.withdrawn == 1 && offers.refused == 3 && offers.refusedCalls == 2)
    #expect(offers.refusedRate == Share(3, of: offers.offered) && offers.offered > 3)
  }

  @Test("An explained refusal stays counted, and shows its reason; the last word counts")
  func explained() throws {
    var book = try Book()
    for number in 1...2 {
      book.arrive(Double(number), number)
      book.offer(Double(number), number, Book.alice)
      book.endOffer(Double(number) + 20, number, Book.alice, .noAnswer)
    }
    book.explain(50, 20, "at the door")
    book.explain(51, 20, "at the printer")
    let offers = try book.performance("alice").offers
    #expect(offers.refused == 2 && offers.explained == 1)
    #expect(offers.explanations == "o-20:at the printer")
    #expect(try Book().performance("alice").offers.explained == 0)
  }

  @Test(
    "Within the target of three rings of six seconds, from the ringing on",
    arguments: [(17.9, 1), (18, 1), (18.1, 0)])
  func rings(pickUp: Double, inTime: Int64) throws {
    var book = try Book()
    book.arrive(0, 1)
    book.offer(0, 1, Book.alice)
    book.at(3, .call(.ringing(OfferID(10), call: Book.call(1), agent: Book.alice)))
    book.answer(3 + pickUp, 1, Book.alice)
    let offers = try book.performance("alice").offers
    #expect(offers.answered == 1 && offers.answeredWithinRings == inTime)
  }

  /// Two inbound calls, the second handed to bob after 19 s, four calls out of 10 s, each with a wrap-up of 45 s.
  private func handles() throws -> Book {
    var book = try Book()
    book.login(0, Book.alice)
    book.login(0, Book.bob)
    book.arrive(100, 1)
    book.offer(100, 1, Book.alice)
    book.answer(105, 1, Book.alice)
    book.end(165, 1, Book.alice)
    book.wrapUp(165, 1, Book.alice, for: 45)
    for number in 0..<4 {
      let start = 300 + Double(number) * 100
      let call = Book.call(10 + number)
      book.at(
        start,
        .outbound(
          .granted(
            RequestID(UInt64(number + 1)), agent: Book.alice, purpose: .other, call: call)),
        " call=out-\(number) to=\"+1555\"")
      book.at(start + 4, .outbound(.connected(call, agent: Book.alice)))
      book.end(start + 10, 10 + number, Book.alice, .agentHungUp)
      book.wrapUp(start + 10, 10 + number, Book.alice, for: 45)
    }
    book.arrive(1_000, 2)
    book.offer(1_000, 2, Book.alice)
    book.answer(1_005, 2, Book.alice)
    book.at(
      1_009,
      .transfer(
        .consultStarted(
          TransferID(1), call: Book.call(2), holder: Book.alice, target: .agent(Book.bob))),
      " call=c-2 to=bob who=\"Client 2\" about=billing")
    book.at(1_009, .transfer(.consultOffered(TransferID(1), holder: Book.alice, agent: Book.bob)))
    book.at(1_015, .transfer(.consultAnswered(TransferID(1), holder: Book.alice, agent: Book.bob)))
    book.at(1_020, .transfer(.consultConfirmed(TransferID(1), holder: Book.alice, agent: Book.bob)))
    book.at(
      1_024,
      .transfer(
        .completed(
          TransferID(1), call: Book.call(2), holder: Book.alice, target: Book.bob)))
    book.wrapUp(1_024, 2, Book.alice, for: 45)
    book.end(1_324, 2, Book.bob)
    book.wrapUp(1_324, 2, Book.bob, for: 45)
    return book
  }

  @Test("Handle time: numerator and denominator are the same calls; calls out have their own")
  func handleTime() throws {
    let alice = try handles().performance("alice")
    #expect(alice.offers.answered == 2 && alice.handled == 2 && alice.taken == 0)
    #expect(alice.handling.average.value == TimeSpan(seconds: (60 + 19 + 2 * 45) / 2.0))
    #expect(alice.outboundHandling.calls == 4)
    #expect(alice.outboundHandling.average.value == .seconds(10 + 45))
    #expect(alice.transfers == 1 && alice.outboundGranted == 4)
    let bob = try handles().performance("bob")
    #expect(bob.offers.answered == 0 && bob.handled == 1 && bob.taken == 1)
    #expect(bob.handling.average.value == .seconds(300 + 45))
    #expect(bob.outboundHandling.average.value == nil && bob.transfers == 0)
  }

  @Test("A call that is not over, or is being written up, is handled and in no average yet")
  func unfinished() throws {
    var book = try Book()
    book.arrive(0, 1)
    book.offer(0, 1, Book.alice)
    book.answer(5, 1, Book.alice)
    #expect(try book.performance("alice").handled == 1)
    #expect(try book.performance("alice").handling.average.value == nil)
    book.end(65, 1, Book.alice)
    book.at(65, .agent(.wrapUpStarted(Book.alice, call: Book.call(1), until: .never)))
    #expect(try book.performance("alice").handling.average.value == nil)
    book.at(85, .agent(.wrapUpEnded(Book.alice)))
    #expect(try book.performance("alice").handling.average.value == .seconds(80))
  }

  @Test("Times of a rep, cut at both ends of the report's span")
  func times() throws {
    let book = try handles()
    // All of it: idle 0-100, ringing 100-105, talk 105-165, wrap-up 165-210, idle 210-300 and so on.
    let all = try book.performance("alice", 0, 1_100)
    #expect(all.times.talking == .seconds(60 + 4) && all.times.wrapUp == .seconds(45 * 6))
    #expect(all.times.outbound == .seconds(40) && all.times.ringing == .seconds(10))
    #expect(all.times.consulting == .seconds(15) && all.times.holding == .zero)
    #expect(all.times.idle == .seconds(1_100 - 64 - 270 - 40 - 10 - 15))
    #expect(all.times.occupancy.value == 389.0 / 1_100)
    // From within the talk to within the wrap-up.
    let part = try book.performance("alice", 135, 180)
    #expect(part.times.talking == .seconds(30) && part.times.wrapUp == .seconds(15))
    #expect(part.times.occupancy.value == 1 && part.offers.offered == 0 && part.handled == 0)
    // Nothing begins in this stretch; what began long before goes on.
    let idle = try book.performance("alice", 5_000, 5_060)
    #expect(idle.times.idle == .seconds(60) && idle.times.occupancy.value == 0)
  }

  @Test("A phone that rings for a consultation is no talk: a rep at lunch has no occupancy")
  func consultationRinging() throws {
    var book = try Book()
    book.at(0, .agent(.loggedIn(Book.bob)))
    book.at(
      0,
      .agent(
        .becameNotReady(
          Book.bob, reason: NotReadyReason(16), until: .never, by: .agent, shown: NotReadyReason(16)
        )))
    book.arrive(10, 1)
    book.offer(10, 1, Book.alice)
    book.answer(12, 1, Book.alice)
    book.at(
      20,
      .transfer(
        .consultStarted(
          TransferID(1), call: Book.call(1), holder: Book.alice, target: .agent(Book.bob))),
      " call=c-1")
    book.at(20, .transfer(.consultOffered(TransferID(1), holder: Book.alice, agent: Book.bob)))
    book.at(
      40,
      .transfer(
        .consultRefused(TransferID(1), holder: Book.alice, agent: Book.bob, outcome: .noAnswer)))
    book.at(40, .transfer(.consultOffered(TransferID(1), holder: Book.alice, agent: Book.carol)))
    book.at(45, .transfer(.consultAnswered(TransferID(1), holder: Book.alice, agent: Book.carol)))
    book.at(
      60,
      .transfer(
        .ended(
          TransferID(1), call: Book.call(1), holder: Book.alice, outcome: .declined,
          agent: Book.carol)))
    book.end(100, 1, Book.alice)
    let bob = try book.performance("bob", 0, 100)
    #expect(bob.times == RepTimes() && bob.times.occupancy.value == nil)
    #expect(bob.notReady == [.init(reason: "lunch", time: .seconds(80))])
    let carol = try book.performance("carol", 0, 100)
    #expect(carol.times.consulting == .zero, "who is not logged in has no times")
    let alice = try book.performance("alice", 0, 100)
    #expect(alice.times == RepTimes() && alice.transfers == 0)
    // Each attempt is a row.
    let attempts = try book.store().dump().filter { $0.hasPrefix("consultations") }
    let call = Int64(bitPattern: Book.call(1).rawValue)
    let start = Book.start.microseconds / 1_000_000
    #expect(
      attempts == [
        "consultations: 1|\(call)|bob|\(start + 20)000000|NULL|\(start + 40)000000|no-answer",
        "consultations: 1|\(call)|carol|\(start + 40)000000|\(start + 45)000000|\(start + 60)000000|declined",
      ])
  }

  @Test("Hold is apart from talk, and busy like it; reasons share the time not ready")
  func hold() throws {
    var book = try Book()
    book.login(0, Book.alice)
    book.arrive(0, 1)
    book.offer(0, 1, Book.alice)
    book.answer(10, 1, Book.alice)
    book.at(40, .call(.held(Book.call(1), agent: Book.alice)))
    book.at(60, .call(.resumed(Book.call(1), agent: Book.alice)))
    book.at(70, .call(.held(Book.call(1), agent: Book.alice)))
    book.at(75, .call(.resumed(Book.call(1), agent: Book.alice)))
    book.end(100, 1, Book.alice)
    let (lunch, missed) = (NotReadyReason(16), NotReadyReason(1))
    book.at(
      200,
      .agent(.becameNotReady(Book.alice, reason: missed, until: .never, by: .system, shown: missed))
    )
    book.at(
      230,
      .agent(.becameNotReady(Book.alice, reason: lunch, until: .never, by: .agent, shown: lunch)))
    book.at(250, .agent(.reasonEnded(Book.alice, reason: lunch, shown: missed)))
    book.at(260, .agent(.loggedOut(Book.alice)))
    let row = try book.performance("alice", 0, 1_000)
    #expect(row.times.talking == .seconds(65) && row.times.holding == .seconds(25))
    #expect(row.times.ringing == .seconds(10) && row.times.idle == .seconds(100))
    #expect(row.times.occupancy.value == 90.0 / 200)
    #expect(
      row.notReady.sorted { $0.reason < $1.reason } == [
        .init(reason: "lunch", time: .seconds(20)),
        .init(reason: "missed-calls", time: .seconds(40)),
      ])
    let call = try #require(
      try book.store().reader().calls(Book.span(0, 999), limit: 9, onlyUndocumented: false).first)
    #expect(call.holds == 2 && call.hold == .seconds(25))
  }

  @Test("Calls out granted, refused, and given up; transfers prevented")
  func policy() throws {
    var book = try Book()
    book.login(0, Book.alice)
    book.at(
      10,
      .outbound(.refused(Book.alice, purpose: .other, rule: Rule.allCases[0], queue: Book.sales)))
    book.at(
      20,
      .outbound(.requested(RequestID(1), agent: Book.alice, purpose: .voicemail, expires: .never)))
    book.at(
      30,
      .outbound(.granted(RequestID(1), agent: Book.alice, purpose: .voicemail, call: Book.call(9))),
      " call=out-1")
    book.end(40, 9, Book.alice, .noAnswer)
    book.at(
      50, .outbound(.requested(RequestID(2), agent: Book.alice, purpose: .other, expires: .never)))
    book.at(80, .outbound(.requestEnded(RequestID(2), agent: Book.alice, outcome: .expired)))
    book.at(90, .transfer(.blindPrevented(Book.call(9), agent: Book.alice, cause: .requested)))
    let row = try book.performance("alice")
    #expect(row.outboundGranted == 1 && row.outboundRefused == 1)
    #expect(row.preventedBlindTransfers == 1 && row.outboundHandling.average.value == .seconds(10))
    #expect(try book.performance("alice", 25, 100).outboundGranted == 0, "asked for before")
  }

  @Test(
    "Undocumented is the rep who left it so, also of a call that was handed on; a late write-up clears it"
  )
  func undocumented() throws {
    var book = try handles()
    book.at(2_000, .call(.leftUndocumented(Book.call(2), agent: Book.alice)))
    #expect(try book.performance("alice").undocumented == 1)
    #expect(try book.performance("bob").undocumented == 0)
    let store = try book.store()
    let span = Book.span(0, 9_999)
    #expect(try store.reader().calls(span, limit: 9, onlyUndocumented: true).map(\.name) == ["c-2"])
    book.amend(
      2_100, isDocumented: true, " call=c-2 category=billing notes=\"all said\"")
    #expect(try book.performance("alice").undocumented == 0)
    let call = try #require(
      try book.store().reader().calls(span, limit: 1, onlyUndocumented: false).first)
    #expect(
      call.name == "c-2" && !call.isUndocumented && call.agent == "bob" && call.transfers == 1)
    #expect(call.writeUp.map(\.value) == ["billing", "all said"])
    #expect(
      call.arrived == Book.start + .seconds(1_000) && call.answered == Book.start + .seconds(1_005))
    #expect(call.ended == Book.start + .seconds(1_324) && call.endReason == "caller-hung-up")
    #expect(call.offers == 1 && call.refusedOffers == 0 && call.direction == "inbound")
  }

  @Test("Who was not there has no row; who is asked for by name has one all the same")
  func rows() throws {
    let store = try handles().store()
    #expect(try store.reader().performance(Book.span(0, 2_000)).map(\.agent) == ["alice", "bob"])
    #expect(
      try store.reader().performance(Book.span(0, 2_000), agent: "carol").map(\.agent) == ["carol"])
    let halves = try store.reader().performance(
      Book.span(0, 1_000, every: .seconds(500)), agent: "alice")
    #expect(halves.map(\.handled) == [1, 0] && halves.map(\.outboundHandling.calls) == [2, 2])
  }
}
