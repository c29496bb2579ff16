import Base
import LineProtocol
import Testing
import Vocabulary

@testable import CallScripts

@Suite struct CallScriptTests {
  @Test func statements() throws {
    let script = try CallScript(
      parsing: """
        # a comment
        seed 9
        actor feed role feed
        at 1.5 feed call.arrive c-1 queue=support from="+1 312"
        expect 201 state=ringing
        at +2m alice call.accept c-1
        expect-event call.answered agent=alice within 5
        every 10..20 until 1h feed call.arrive x-$n queue=support
        when call.offered agent=bob chance 20% times 3 after 2..9 bob call.ignore $call
        also when call.offered after 1 $agent nothing
        end 2h
        """)
    #expect(script.seed == 9)
    #expect(script.steps.map(\.at) == [.microseconds(1_500_000), .microseconds(121_500_000)])
    #expect(script.steps[0].expectation?.code == 201)
    #expect(script.steps[0].expectation?.fields == [Field("state", "ringing")])
    #expect(script.eventExpectations[0].until == .microseconds(126_500_000))
    #expect(
      script.repetitions[0].every == CallScript.Delay(least: .seconds(10), most: .seconds(20)))
    #expect(script.reactions[0].chance == 0.2)
    #expect(script.reactions[0].times == 3)
    #expect(script.reactions[1].isAdditional && script.reactions[1].request.isEmpty)
    #expect(script.end == .hours(2))
  }

  @Test(
    "Wrong statements say line and reason",
    arguments: [
      ("foo", "line 1: unknown statement \"foo\""),
      ("\nexpet 200", "line 2: unknown statement \"expet\"; did you mean \"expect\"?"),
      ("expect 200", "line 1: nothing has been asked yet"),
      ("at x feed ping", "line 1: expected seconds, such as 12.5, 3m or 2h, not \"x\""),
      (
        "at 1 feed ping a==",
        "line 1: the request: column 8: expected a value; an empty one is \"\""
      ),
      (
        "when call.offered chance 120% after 1 a ping",
        "line 1: expected a chance such as 85%, not \"120%\""
      ),
      ("every 9..3 until 5 feed ping", "line 1: expected A..B with A not above B"),
      ("actor x role king", "line 1: expected: actor NAME role ROLE [agent REP]"),
      // Found by fuzzing: the sum, and the product with the unit, did not fit.
      ("at 999999999999h a ping", "line 1: expected a time of at most 1000000000 s"),
      ("at 1 a ping\nat +999999999999 a ping", "line 2: expected a time of at most 1000000000 s"),
      ("expect-event x within 999999999999m", "line 1: expected a time of at most 1000000000 s"),
    ])
  func errors(text: String, message: String) {
    #expect(throws: CallScriptError.self) { try CallScript(parsing: text) }
    do {
      _ = try CallScript(parsing: text)
    } catch {
      #expect(error.description == message)
    }
  }
}
