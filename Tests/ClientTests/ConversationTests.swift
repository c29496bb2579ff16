import Client
import LineProtocol
import Testing
import Vocabulary

/// The client's side of the protocol, byte by byte, without a socket.
@Suite struct ConversationTests {
  private let text = """
    % hello proto=1 role=admin
    * agent=alice state=ready
    ! 7 call.arrived at=2026-11-30T08:00:00.000000Z queue=support
    * agent=bob state=talking
    + 210 rows rows=2 at=7
    - 550 not-found text="there is no rep \\"carl\\"; did you mean \\"carol\\"?"

    """

  private func heard(_ pieces: [[UInt8]]) throws -> [Conversation.Occurrence] {
    var conversation = Conversation()
    _ = conversation.send(Request(.question(.board(.agentList))))
    _ = conversation.send(Request(.question(.board(.agentShow)), ["carl"]))
    var result: [Conversation.Occurrence] = []
    for piece in pieces {
      conversation.receive(piece)
      while let occurrence = try conversation.next() { result.append(occurrence) }
    }
    #expect(conversation.pending == 0)
    return result
  }

  @Test("However the bytes are cut, the same is heard: rows belong to the reply after them")
  func pieces() throws {
    let bytes = Array(text.utf8)
    let whole = try heard([bytes])
    guard whole.count == 4, case .heard(.notice("hello", _)) = whole[0],
      case .heard(.event(7, "call.arrived", _)) = whole[1],
      case .answer(let rows, to: 1) = whole[2], case .answer(let refusal, to: 2) = whole[3]
    else {
      Issue.record("\(whole)")
      return
    }
    #expect(rows.isPositive && rows.rows.map { $0["agent"] } == ["alice", "bob"])
    #expect(!refusal.isPositive && refusal.rows.isEmpty)
    #expect(refusal.text == "there is no rep \"carl\"; did you mean \"carol\"?")
    for size in [1, 2, 7, 64] {
      let pieces = stride(from: 0, to: bytes.count, by: size).map {
        Array(bytes[$0..<min($0 + size, bytes.count)])
      }
      #expect(try heard(pieces) == whole, "pieces of \(size)")
    }
  }

  @Test("Requests are numbered and quoted; what was not asked is answered to nobody")
  func requests() throws {
    var conversation = Conversation()
    conversation.receive(Array("+ 200 ok\n".utf8))
    guard case .answer(_, to: 0)? = try conversation.next() else {
      Issue.record("an answer to nothing has a number")
      return
    }
    let (number, bytes) = conversation.send(
      Request(.change(.call(.note)), ["c-1"], ["notes": "two words", "client": nil]))
    #expect(number == 1 && conversation.pending == 1)
    #expect(String(decoding: bytes, as: UTF8.self) == "call.note c-1 notes=\"two words\"\n")
  }

  @Test("A line that is none is an error, and the next one is read; a farewell is kept")
  func errors() throws {
    var conversation = Conversation()
    conversation.receive(
      Array("nonsense\n% role role=none user=lena text=\"no role any more\"\n".utf8))
    #expect(throws: LineError.self) { try conversation.next() }
    guard case .heard(.notice("role", _))? = try conversation.next() else {
      Issue.record("the line after it is lost")
      return
    }
    #expect(conversation.farewell == "no role any more")
    #expect(try conversation.next() == nil)
  }
}
