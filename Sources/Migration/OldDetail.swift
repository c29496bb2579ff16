import Events
import Routing

/// What became of the options that versions before schema 3 journaled with an event.
enum OldDetail {
  /// Which detail an option was, by event. Everything that was ever written is here; `MigrationTests` holds this
  /// against the list of it.
  static func names(of event: Event) -> [String: Detail.Name] {
    switch event {
    case .call(let event): names(of: event)
    case .agent: ["call": .call, "by": .by]
    case .transfer(let event): names(of: event)
    case .outbound: ["call": .call, "to": .to, "by": .by]
    case .calendar, .feed: [:]
    }
  }

  private static func names(of event: CallEvent) -> [String: Detail.Name] {
    switch event {
    case .arrived, .offered: ["call": .call, "from": .from, "to": .to, "name": .name]
    case .writtenUp: writeUp.merging(["by": .by]) { $1 }
    case .diverted, .ringing, .offerEnded, .answered, .tierEscalated, .held, .resumed,
      .holdReminded, .ended, .leftUndocumented, .returnedToQueue, .foundStale:
      ["call": .call, "by": .by]
    }
  }

  private static func names(of event: TransferEvent) -> [String: Detail.Name] {
    switch event {
    case .consultStarted: ["call": .call, "to": .to, "who": .who, "about": .about, "by": .by]
    case .consultOffered: ["call": .call, "who": .who, "about": .about]
    case .consultRefused, .consultAnswered, .consultConfirmed, .completed, .ended,
      .blindPrevented:
      ["call": .call, "by": .by]
    }
  }

  /// Of write-ups, also those that came after the wrap-up.
  private static let writeUp: [String: Detail.Name] = [
    "call": .call, "client": .client, "order": .order, "call-back": .callBack,
    "category": .category, "disposition": .disposition, "notes": .notes,
  ]

  /// What the event says by itself now: who was consulted, and by whom.
  private static func isSaid(_ name: String, by event: Event) -> Bool {
    guard case .transfer(let transfer) = event else { return false }
    switch transfer {
    case .consultOffered: return name == "from"
    case .consultRefused, .consultAnswered, .consultConfirmed, .ended, .completed:
      return name == "agent" && Parties(of: event).agent != nil
    case .consultStarted, .blindPrevented: return false
    }
  }

  /// The detail of an event.
  /// - Parameter unplaced: Counts what nobody could place; it is kept as it stood.
  static func of(_ event: Event, _ text: String, _ unplaced: inout Int) -> Detail {
    detail(text, names(of: event), &unplaced) { isSaid($0, by: event) }
  }

  /// The detail of a note of type `call.amended`.
  static func ofAmendment(_ text: String, _ unplaced: inout Int) -> Detail {
    detail(text, writeUp, &unplaced) { $0 == "documented" }
  }

  /// The detail of a note that no later version writes.
  static func ofNote(_ text: String, _ unplaced: inout Int) -> Detail {
    detail(text, [:], &unplaced) { _ in false }
  }

  private static func detail(
    _ text: String, _ names: [String: Detail.Name], _ unplaced: inout Int,
    isSaid: (String) -> Bool
  ) -> Detail {
    var detail = Detail()
    if text.isEmpty { return detail }
    var isPlaced = true
    for option in OldOptions.parse(text) ?? [] where !isSaid(option.name) {
      if let name = names[option.name] {
        detail[name] = option.value
      } else {
        isPlaced = false
      }
    }
    if isPlaced, OldOptions.parse(text) != nil { return detail }
    unplaced += 1
    detail[.other] = text
    return detail
  }

  /// The value of an option of a note.
  static func value(of name: String, in text: String) -> String? {
    OldOptions.parse(text)?.first { $0.name == name }?.value
  }
}
