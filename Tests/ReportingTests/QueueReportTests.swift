import Base
import Foundation
import Measures
import Routing
import Testing

@testable import Reporting

/// Every figure of the queue report, computed by hand beside the history.
@Suite struct QueueReportTests {
  /// Seven callers of sales, two of whom overflow to backup after five minutes.
  private func day() throws -> Book {
    var book = try Book()
    // 1: gives up 303 s after arrival, 3 s after having overflowed.
    book.arrive(1, 1)
    book.at(
      301,
      .call(
        .diverted(
          Book.call(1), queue: Book.sales, reason: .maxWait, to: .queue(Book.backup))))
    book.end(304, 1, nil, .abandoned)
    // 2: is answered 310 s after arrival, 10 s after having overflowed.
    book.arrive(400, 2)
    book.at(
      700,
      .call(
        .diverted(
          Book.call(2), queue: Book.sales, reason: .maxWait, to: .queue(Book.backup))))
    book.offer(702, 2, Book.bob, Book.backup)
    book.answer(710, 2, Book.bob)
    book.end(800, 2, Book.bob)
    // 3: gives up after 4 s, which is short.
    book.arrive(800, 3)
    book.end(804, 3, nil, .abandoned)
    // 4: is turned away at the door.
    book.arrive(900, 4)
    book.at(
      900, .call(.diverted(Book.call(4), queue: Book.sales, reason: .closed, to: .voicemail)))
    book.end(930, 4, nil, .voicemail)
    // 5: is still there.
    book.arrive(950, 5)
    // 6: is answered after 12 s, once refused.
    book.arrive(1_000, 6)
    book.offer(1_000, 6, Book.alice)
    book.endOffer(1_004, 6, Book.alice, .ignored)
    book.offer(1_004, 6, Book.carol, ring: 1)
    book.answer(1_012, 6, Book.carol, ring: 1)
    book.end(1_100, 6, Book.carol)
    // 7: gives up after 15 s.
    book.arrive(1_100, 7)
    book.offer(1_100, 7, Book.alice)
    book.endOffer(1_115, 7, Book.alice, .callerAbandoned)
    book.end(1_115, 7, nil, .abandoned)
    return book
  }

  @Test("Callers of the first queue: answered, gave up, short, turned away, gone on, still there")
  func sales() throws {
    let row = try day().queue("sales")
    #expect(row.entered == 7 && row.shortAbandoned == 1 && row.turnedAway == 1)
    #expect(row.exits == 2 && row.stillThere == 1)
    // 1, 2, 5, 6 and 7.
    #expect(row.callers.offered == 5 && row.callers.answered == 1 && row.callers.abandoned == 1)
    #expect(row.callers.serviceLevel(.negativeAbandon).value == 1.0 / 5)
    #expect(row.callers.serviceLevel(.positiveAbandon).value == 2.0 / 5)
    #expect(row.callers.serviceLevel(.withoutAbandon).value == 1.0 / 4)
    #expect(row.callers.serviceLevel(.handledOnly).value == 1)
    #expect(row.callers.averageSpeedOfAnswer.value == .seconds(12))
    #expect(row.longestAnsweredWait == .seconds(12) && row.threshold == .seconds(20))
    #expect(row.callers.abandonment.value == 1.0 / 5)
    #expect(row.offers == 3 && row.refusedOffers == 1 && row.refusedCalls == 1)
  }

  @Test(
    "Who overflows has waited since arrival: giving up then is no short abandon, an answer not in time"
  )
  func backup() throws {
    let row = try day().queue("backup")
    #expect(row.entered == 2 && row.shortAbandoned == 0 && row.turnedAway == 0 && row.exits == 0)
    #expect(row.callers.offered == 2 && row.callers.answered == 1 && row.callers.abandoned == 1)
    #expect(row.callers.answeredInTime == 0 && row.callers.abandonedInTime == 0)
    #expect(row.callers.serviceLevel(.negativeAbandon).value == 0)
    #expect(row.callers.averageSpeedOfAnswer.value == .seconds(310))
    #expect(row.longestAnsweredWait == .seconds(310))
    // By the clock of the stay: 10 s and 3 s.
    #expect(row.visits.serviceLevel(.negativeAbandon).value == 1.0 / 2)
    #expect(row.visits.serviceLevel(.positiveAbandon).value == 1)
    #expect(row.visits.averageSpeedOfAnswer.value == .seconds(10))
  }

  @Test(
    "Callers are conserved: entered is answered, abandoned, short, turned away, gone on and still there"
  )
  func conservation() throws {
    for row in try day().store().reader().queues(Book.span(0, 100_000)) {
      let sum =
        row.callers.answered + row.callers.abandoned + row.shortAbandoned + row.turnedAway
        + row.exits + row.stillThere
      #expect(row.entered == sum, "\(row.queue)")
    }
  }

  @Test("A caller returned to the line begins to wait anew; one whom a lead ends gave nothing up")
  func returned() throws {
    var book = try Book()
    book.arrive(0, 1)
    book.offer(0, 1, Book.alice)
    book.answer(10, 1, Book.alice)
    book.at(
      100,
      .call(
        .returnedToQueue(Book.call(1), queue: Book.sales, agent: Book.alice, cause: .holderLeft)))
    book.offer(100, 1, Book.bob, ring: 1)
    book.answer(108, 1, Book.bob, ring: 1)
    book.end(200, 1, Book.bob)
    book.arrive(300, 2)
    book.end(390, 2, nil, .endedByLead)
    let row = try book.queue("sales")
    #expect(row.entered == 3 && row.callers.answered == 2 && row.exits == 1)
    #expect(row.callers.abandoned == 0 && row.callers.offered == 3)
    #expect(row.callers.averageSpeedOfAnswer.value == .seconds(9))
  }

  @Test("Short abandons can be switched off: then giving up at once is giving up")
  func noShortAbandons() throws {
    var book = try Book(
      Book.yaml.replacingOccurrences(of: "short-abandon: 5", with: "short-abandon: 0"))
    book.arrive(0, 1)
    book.end(0, 1, nil, .abandoned)
    let row = try book.queue("sales")
    #expect(row.shortAbandoned == 0 && row.callers.abandoned == 1 && row.callers.offered == 1)
  }

  @Test("A plan put into force in the middle judges who enters after it")
  func planChange() throws {
    var book = try Book()
    for number in 0..<2 {
      if number == 1 {
        try book.reload(500, Book.yaml.replacingOccurrences(of: "within: 20", with: "within: 99"))
      }
      let start = Double(number) * 1_000
      book.arrive(start, number)
      book.offer(start, number, Book.alice)
      book.answer(start + 50, number, Book.alice)
      book.end(start + 60, number, Book.alice)
    }
    let row = try book.queue("sales")
    #expect(row.callers.answered == 2 && row.callers.answeredInTime == 1)
    #expect(row.threshold == .seconds(99))
    #expect(try book.queue("sales", 0, 400).callers.answeredInTime == 0)
    #expect(try book.queue("sales", 900, 2_000).callers.answeredInTime == 1)
  }

  @Test("Intervals: each has its own callers, by when they entered; where none did there is no row")
  func intervals() throws {
    let rows = try day().store().reader().queues(
      Book.span(0, 1_200, every: .seconds(400)), queue: "sales")
    #expect(rows.map(\.entered) == [1, 1, 5])
    #expect(
      rows.map { ($0.start ?? .never) - Book.start } == [.zero, .seconds(400), .seconds(800)])
    let late = try day().store().reader().queues(Book.span(2_000, 3_000))
    #expect(late.isEmpty)
  }
}
