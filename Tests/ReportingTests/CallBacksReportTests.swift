import Base
import Routing
import Testing

@testable import Reporting

/// Who is owed a call-back: field case A10.
@Suite struct CallBacksReportTests {
  /// A caller with a number comes in and agrees to be called back, or is answered.
  private func call(
    _ book: inout Book, _ seconds: Double, _ number: Int, from: String?, answered: Bool = false,
    agreed: String? = nil
  ) {
    let from = from.map { " from=\($0)" } ?? ""
    book.at(
      seconds,
      .call(
        .arrived(Book.call(number), queue: Book.sales, priority: 0, credit: .zero, skills: [])),
      " call=c-\(number)\(from)")
    if answered {
      book.offer(seconds, number, Book.alice)
      book.answer(seconds + 1, number, Book.alice)
      return book.end(seconds + 2, number, Book.alice)
    }
    book.at(
      seconds + 5, .call(.ended(Book.call(number), agent: nil, reason: .callBackAgreed)),
      agreed.map { " call-back=\($0)" } ?? "")
  }

  private func callOut(
    _ book: inout Book, _ seconds: Double, _ number: Int, to: String, isAnswered: Bool
  ) {
    book.at(
      seconds,
      .outbound(
        .granted(
          RequestID(UInt64(number)), agent: Book.alice, purpose: .callBack, call: Book.call(number))
      ),
      " call=out-\(number) to=\(to)")
    if isAnswered {
      book.at(seconds + 5, .outbound(.connected(Book.call(number), agent: Book.alice)))
    }
    book.end(seconds + 10, number, Book.alice, isAnswered ? .callerHungUp : .noAnswer)
  }

  private func owed(_ book: Book) throws -> [String] {
    try book.store().reader().callBacksOwed(
      ReportSpan(from: .distantPast, to: .never, interval: nil)
    ).map { "\($0.call) \($0.number ?? "?")" }
  }

  @Test(
    "Who was promised one is on the list until somebody has talked to them, at the number agreed")
  func kept() throws {
    var book = try Book()
    call(&book, 10, 1, from: "+1")
    call(&book, 20, 2, from: "+2", agreed: "+22")
    call(&book, 30, 3, from: nil)
    #expect(try owed(book) == ["c-1 +1", "c-2 +22", "c-3 ?"], "longest owed first")
    callOut(&book, 100, 4, to: "+1", isAnswered: false)
    callOut(&book, 120, 5, to: "+3", isAnswered: true)
    #expect(try owed(book) == ["c-1 +1", "c-2 +22", "c-3 ?"], "no answer; another number")
    callOut(&book, 140, 6, to: "+1", isAnswered: true)
    callOut(&book, 160, 7, to: "+22", isAnswered: true)
    #expect(try owed(book) == ["c-3 ?"])
  }

  @Test("A caller who calls again and is answered is owed nothing; one who is promised again, once")
  func again() throws {
    var book = try Book()
    call(&book, 5, 1, from: "+1", answered: true)
    call(&book, 10, 2, from: "+1")
    call(&book, 20, 3, from: "+2")
    #expect(try owed(book) == ["c-2 +1", "c-3 +2"], "what was before keeps no promise")
    call(&book, 50, 4, from: "+1", answered: true)
    call(&book, 60, 5, from: "+2")
    #expect(try owed(book) == ["c-5 +2"])
  }

  @Test("The number agreed and the caller's own both count; nobody is anonymous")
  func numbers() throws {
    var book = try Book()
    call(&book, 10, 1, from: "+1", agreed: "+11")
    call(&book, 20, 2, from: "+2", agreed: "+22")
    call(&book, 30, 3, from: "anonymous")
    call(&book, 40, 4, from: "anonymous", agreed: "+4")
    call(&book, 50, 5, from: "+5", agreed: "+4")
    callOut(&book, 100, 6, to: "+1", isAnswered: true)
    call(&book, 120, 7, from: "+22", answered: true)
    call(&book, 140, 8, from: "anonymous", answered: true)
    #expect(try owed(book) == ["c-3 anonymous", "c-5 +4"])
  }
}
