import Base
import Routing

/// What happened that concerns no engine.
public enum ShellEvent: Equatable, Sendable {
  /// A plan came into force: engine plan and names as JSON. Who the reps are is ``Detail/Name/people``.
  case planAdopted(String)
  /// The daemon takes no new calls from now on, or does again.
  case draining(Bool)
  /// A write-up was completed after the wrap-up had ended.
  case amended(isDocumented: Bool)
  /// The daemon went on from a copy of the journal: what others saw of the original may not be in it.
  case restored(epoch: String)
  /// A rep has said why an offer was refused; it stays counted.
  case offerExplained(offer: UInt64)
  /// The words of all records up to number `through` were forgotten, for their age: those of before the instant `to`,
  /// and in the reports those of calls that came since `from`, up to which it was done before.
  case textForgotten(through: UInt64, from: Instant, to: Instant)
  /// The records of a day are in an archive file that goes up to number `through`; its figures are these.
  indirect case historyClosed(through: UInt64, ClosedDay)
  /// Something of an earlier version that no later one writes, under the name that it had.
  case note(String)

  /// The cases; raw values are the journal's numbers.
  enum Kind: UInt8, CaseIterable {
    case planAdopted = 1
    case draining = 2
    case amended = 3
    case restored = 4
    case note = 5
    case offerExplained = 6
    case textForgotten = 7
    case historyClosed = 8
  }

  var kind: Kind {
    switch self {
    case .planAdopted: .planAdopted
    case .draining: .draining
    case .amended: .amended
    case .restored: .restored
    case .note: .note
    case .offerExplained: .offerExplained
    case .textForgotten: .textForgotten
    case .historyClosed: .historyClosed
    }
  }

  /// The type on the wire, such as `config.changed`.
  public var type: String {
    switch self {
    case .planAdopted: "config.changed"
    case .draining: "daemon.draining"
    case .amended: "call.amended"
    case .restored: "journal.restored"
    case .note(let type): type
    case .offerExplained: "offer.explained"
    case .textForgotten: "text.forgotten"
    case .historyClosed: "history.closed"
    }
  }

  /// What it says beside its detail, as options of the wire.
  public var options: [(name: String, value: String)] {
    switch self {
    case .planAdopted, .note: []
    case .draining(let isOn): [("switch", isOn ? "on" : "off")]
    case .amended(let isDocumented): [("documented", isDocumented ? "yes" : "no")]
    case .restored(let epoch): [("epoch", epoch)]
    case .offerExplained(let offer): [("offer", OfferID(offer).name)]
    case .textForgotten(let through, _, _): [("through", "\(through)")]
    case .historyClosed(let through, let day):
      [
        ("through", "\(through)"), ("day-from", Timestamp.text(day.from)),
        ("day-to", Timestamp.text(day.to)),
      ]
    }
  }

  // MARK: The journal

  /// Appends what it says: a text after its length, or a switch.
  func write(to bytes: inout [UInt8]) {
    switch self {
    case .planAdopted(let text), .restored(let text), .note(let text):
      VariableInteger.writeUnsigned(UInt64(text.utf8.count), to: &bytes)
      bytes += text.utf8
    case .textForgotten(let through, let from, let to):
      VariableInteger.writeUnsigned(through, to: &bytes)
      VariableInteger.write(from.microseconds, to: &bytes)
      VariableInteger.write(to.microseconds, to: &bytes)
    case .historyClosed(let through, let day):
      VariableInteger.writeUnsigned(through, to: &bytes)
      day.write(to: &bytes)
    case .offerExplained(let offer): VariableInteger.writeUnsigned(offer, to: &bytes)
    case .draining(let isSet), .amended(let isSet): bytes.append(isSet ? 1 : 0)
    }
  }

  /// Reads the payload of a record of `kind`; `position` moves behind it.
  init?(_ kind: Kind, _ payload: ArraySlice<UInt8>, at position: inout Int) {
    switch kind {
    case .planAdopted, .restored, .note:
      guard let length = VariableInteger.readUnsigned(from: payload, at: &position),
        position <= payload.endIndex, length <= UInt64(payload.endIndex - position)
      else { return nil }
      let end = position + Int(length)
      let text = String(decoding: payload[position..<end], as: UTF8.self)
      position = end
      self =
        kind == .planAdopted
        ? .planAdopted(text) : kind == .note ? .note(text) : .restored(epoch: text)
    case .textForgotten:
      guard let through = VariableInteger.readUnsigned(from: payload, at: &position),
        let from = VariableInteger.read(from: payload, at: &position),
        let to = VariableInteger.read(from: payload, at: &position), position <= payload.endIndex
      else { return nil }
      self = .textForgotten(
        through: through, from: Instant(microseconds: from), to: Instant(microseconds: to))
    case .historyClosed:
      guard let through = VariableInteger.readUnsigned(from: payload, at: &position),
        let day = ClosedDay.read(from: payload, at: &position), position <= payload.endIndex
      else { return nil }
      self = .historyClosed(through: through, day)
    case .offerExplained:
      guard let offer = VariableInteger.readUnsigned(from: payload, at: &position),
        position <= payload.endIndex
      else { return nil }
      self = .offerExplained(offer: offer)
    case .draining, .amended:
      guard position < payload.endIndex, payload[position] < 2 else { return nil }
      let isSet = payload[position] == 1
      position += 1
      self = kind == .draining ? .draining(isSet) : .amended(isDocumented: isSet)
    }
  }
}
