import Base
import Routing
import Testing

@testable import Daemon

/// Which telephony side is there, and which is lost when.
@Suite struct FeedAttachmentTests {
  private let pbx = FeedID(1)
  private let sip = FeedID(2)
  private func at(_ seconds: Double) -> Instant { Instant(microseconds: Int64(seconds * 1e6)) }

  @Test("Gone: lost after its grace, once; back before, never")
  func grace() {
    let feeds = Held(FeedAttachments(clockRate: 1))
    feeds { $0.attach(pbx, 1, grace: .seconds(5), at: at(0)) }
    feeds { $0.attach(sip, 2, grace: nil, at: at(0)) }
    feeds { $0.leave(pbx, 1, at: at(1)) }
    feeds { $0.leave(sip, 2, at: at(1)) }
    #expect(feeds { $0.nextDeadline } == at(4))
    #expect(feeds { $0.takeLost(at: at(3.9)) } == [])
    #expect(feeds { $0.takeLost(at: at(4)) } == [sip])
    #expect(feeds { $0.takeLost(at: at(5)) } == [])
    feeds { $0.attach(pbx, 3, grace: nil, at: at(5)) }
    #expect(feeds { $0.takeLost(at: at(10)) } == [])
  }

  @Test("Silent for ten seconds: lost; heard again, back; its name is then another's to take")
  func silence() {
    let feeds = Held(FeedAttachments(clockRate: 1))
    feeds { $0.attach(pbx, 1, grace: nil, at: at(0)) }
    #expect(!feeds { $0.hear(pbx, 1, at: at(8)) })
    #expect(feeds { $0.nextDeadline } == at(18))
    #expect(feeds { $0.takeLost(at: at(18)) } == [pbx])
    #expect(feeds { $0.holder(of: pbx) } == nil && feeds { $0.silentHolder(of: pbx) } == 1)
    #expect(feeds { $0.hear(pbx, 1, at: at(30)) })
    #expect(feeds { $0.holder(of: pbx) } == 1)
    #expect(!feeds { $0.hear(pbx, 9, at: at(31)) }, "not its connection")
    _ = feeds { $0.takeLost(at: at(50)) }
    feeds { $0.attach(pbx, 2, grace: nil, at: at(51)) }
    feeds { $0.leave(pbx, 1, at: at(52)) }
    #expect(
      feeds { $0.holder(of: pbx) } == 2, "the old connection's end is nobody's loss")
  }

  @Test("Expected after a start, with the grace anew; at another clock rate, so much longer")
  func start() {
    let feeds = Held(FeedAttachments(clockRate: 60))
    feeds { $0.expect(pbx, at: at(0)) }
    #expect(feeds { $0.nextDeadline } == at(180))
    feeds { $0.attach(pbx, 1, grace: nil, at: at(1)) }
    #expect(feeds { $0.nextDeadline } == at(601))
  }
}
