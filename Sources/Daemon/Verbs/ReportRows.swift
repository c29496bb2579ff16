import Base
import LineProtocol
import Measures
import Reporting
import Vocabulary

/// What a report has found out, before it is text.
enum ReportValue {
  case count(Int64)
  case span(TimeSpan?)
  case share(Share)
  case text(String?)
  case instant(Instant?)

  /// As the wire has it: seconds to a tenth, shares to four decimals; `nil`: no data.
  var text: String? {
    switch self {
    case .count(let count): String(count)
    case .span(let span): span.map(Self.seconds)
    case .share(let share): Self.share(share)
    case .text(let text): text
    case .instant(let instant): instant.map { Timestamp.text($0) }
    }
  }

  static func seconds(_ span: TimeSpan) -> String {
    let tenths = (span.microseconds + 50_000) / 100_000
    return "\(tenths / 10).\(abs(tenths % 10))"
  }

  private static func share(_ share: Share) -> String? {
    guard share.whole > 0 else { return nil }
    let wide = share.part.multipliedFullWidth(by: 10_000)
    let rounded = share.whole.dividingFullWidth(wide)
    let tenThousandths =
      rounded.quotient + (rounded.remainder >= share.whole - rounded.remainder ? 1 : 0)
    let text = String(tenThousandths % 10_000)
    return "\(tenThousandths / 10_000).\(String(repeating: "0", count: 4 - text.count))\(text)"
  }
}

extension RowWriter {
  /// Writes a row with one option for each column of which there are data.
  mutating func write<C: ReportColumn>(_ columns: C.Type, _ value: (C) -> ReportValue) {
    begin()
    for column in C.allCases {
      if let text = value(column).text { option(column.rawValue, text) }
    }
    end()
  }
}

extension RepPerformance {
  /// What stands in `column`.
  func value(_ column: PerformanceColumn) -> ReportValue {
    switch column {
    case .start: .instant(start)
    case .agent: .text(agent)
    case .offered: .count(offers.offered)
    case .answered: .count(offers.answered)
    case .refusedOffers: .count(offers.refused)
    case .refusedRate: .share(offers.refusedRate)
    case .explained: .count(offers.explained)
    case .explanations: .text(offers.explanations)
    case .refusedCalls: .count(offers.refusedCalls)
    case .noAnswer: .count(offers.noAnswer)
    case .ignored: .count(offers.ignored)
    case .wentNotReady: .count(offers.wentNotReady)
    case .unreachable: .count(offers.unreachable)
    case .lostRace: .count(offers.lostRace)
    case .callerAbandoned: .count(offers.callerAbandoned)
    case .withdrawn: .count(offers.withdrawn)
    case .ringing: .count(offers.ringing)
    case .answeredWithinRings: .count(offers.answeredWithinRings)
    case .handled: .count(handled)
    case .taken: .count(taken)
    case .talkAndHold: .span(times.talking + times.holding)
    case .hold: .span(times.holding)
    case .consulting: .span(times.consulting)
    case .outbound: .span(times.outbound)
    case .wrapUp: .span(times.wrapUp)
    case .readyIdle: .span(times.idle)
    case .readyRinging: .span(times.ringing)
    case .notReady: .span(notReady.reduce(.zero) { $0 + $1.time })
    case .notReadyByReason: .text(notReadyByReason)
    case .occupancy: .share(times.occupancy)
    case .averageHandleTime: .span(handling.average.value)
    case .outboundHandleTime: .span(outboundHandling.average.value)
    case .transfers: .count(transfers)
    case .preventedBlindTransfers: .count(preventedBlindTransfers)
    case .outboundGranted: .count(outboundGranted)
    case .outboundRefused: .count(outboundRefused)
    case .undocumented: .count(undocumented)
    }
  }
}

extension RepPerformance {
  /// `lunch:1800.0,meeting:600.0`; `nil`: never not ready.
  private var notReadyByReason: String? {
    if notReady.isEmpty { return nil }
    return notReady.map { "\($0.reason):\(ReportValue.seconds($0.time))" }.joined(separator: ",")
  }
}

extension QueuePerformance {
  /// What stands in `column`.
  func value(_ column: QueueColumn) -> ReportValue {
    switch column {
    case .start: .instant(start)
    case .queue: .text(queue)
    case .entered: .count(entered)
    case .offered: .count(callers.offered)
    case .answered: .count(callers.answered)
    case .abandoned: .count(callers.abandoned)
    case .shortAbandoned: .count(shortAbandoned)
    case .turnedAway: .count(turnedAway)
    case .exits: .count(exits)
    case .stillThere: .count(stillThere)
    case .threshold: .span(threshold)
    case .negativeAbandon: .share(callers.serviceLevel(.negativeAbandon))
    case .positiveAbandon: .share(callers.serviceLevel(.positiveAbandon))
    case .withoutAbandon: .share(callers.serviceLevel(.withoutAbandon))
    case .handledOnly: .share(callers.serviceLevel(.handledOnly))
    case .averageSpeedOfAnswer: .span(callers.averageSpeedOfAnswer.value)
    case .longestAnsweredWait: .span(longestAnsweredWait)
    case .abandonmentRate: .share(callers.abandonment)
    case .visitServiceLevel: .share(visits.serviceLevel(.negativeAbandon))
    case .visitAverageSpeedOfAnswer: .span(visits.averageSpeedOfAnswer.value)
    case .offers: .count(offers)
    case .refusedOffers: .count(refusedOffers)
    case .refusedCalls: .count(refusedCalls)
    }
  }
}

extension CallRecord {
  /// What stands in `column`.
  func value(_ column: CallColumn) -> ReportValue {
    switch column {
    case .call: .text(name)
    case .direction: .text(direction)
    case .queue: .text(queue)
    case .from: .text(from)
    case .to: .text(to)
    case .name: .text(callerName)
    case .agent: .text(agent)
    case .purpose: .text(purpose)
    case .arrived: .instant(arrived)
    case .answered: .instant(answered)
    case .ended: .instant(ended)
    case .endReason: .text(endReason)
    case .offers: .count(offers)
    case .refusedOffers: .count(refusedOffers)
    case .holds: .count(holds)
    case .hold: .span(hold)
    case .transfers: .count(transfers)
    case .undocumented: .text(isUndocumented ? "yes" : "no")
    case .client, .order, .callBack, .category, .disposition, .notes:
      .text(writeUp[column.rawValue])
    }
  }
}

extension CallBackOwed {
  /// What stands in `column`.
  func value(_ column: CallBackColumn) -> ReportValue {
    switch column {
    case .call: .text(call)
    case .queue: .text(queue)
    case .number: .text(number)
    case .name: .text(callerName)
    case .client: .text(client)
    case .promised: .instant(promised)
    }
  }
}
