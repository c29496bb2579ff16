import Base
import Events
import LineProtocol
import Routing
import Testing
import Vocabulary

@testable import Daemon

/// A machine without I/O, to be asked inside of an expectation.
final class Held<Machine> {
  private var machine: Machine
  init(_ machine: Machine) { self.machine = machine }
  @discardableResult
  func callAsFunction<Said>(_ body: (inout Machine) -> Said) -> Said { body(&machine) }
}

/// Somebody who is behind by so many reads.
private final class SlowReader: CatchUp.Reader {
  private let name: String
  private let log: ReadLog
  private var left: Int
  let isUrgent: Bool
  init(_ name: String, _ left: Int, _ log: ReadLog, isUrgent: Bool = false) {
    (self.name, self.left, self.log, self.isUrgent) = (name, left, log, isUrgent)
  }
  func beginRead(_ over: @escaping @Sendable () -> Void) -> Bool {
    if left == 0 { return false }
    left -= 1
    log.begin(name, over)
    return true
  }
}

/// Reads, which end when the test says so.
private final class ReadLog {
  private(set) var begun: [String] = []
  private var over: (() -> Void)?
  func begin(_ name: String, _ over: @escaping () -> Void) {
    #expect(self.over == nil, "one at a time")
    begun.append(name)
    self.over = over
  }
  func end() {
    let over = self.over
    self.over = nil
    over?()
  }
}

/// The parts of the server that decide something, without a loop, a disk or a client.
@Suite struct PartTests {
  // MARK: When a batch is written

  private func at(_ seconds: Int64) -> Instant { Instant(microseconds: seconds * 1_000_000) }

  @Test("One flush a turn of the loop, and none while a batch is on its way")
  func flushes() {
    let progress = Held(CommitProgress())
    #expect(progress { $0.want() })
    #expect(!progress { $0.want() }, "one is coming")
    #expect(progress { $0.begin() })
    #expect(progress { $0.want() }, "what comes after a flush needs another")
    #expect(progress { $0.begin() })
    #expect(progress { $0.chooseWay(for: 2, isJournalFree: true, at: at(1)) } == .elsewhere)
    #expect(progress { $0.isWriting } && !progress { $0.want() } && !progress { $0.begin() })
    progress { $0.end() }
    #expect(!progress { $0.isWriting } && progress { $0.want() } && progress { $0.begin() })
  }

  @Test(
    "A single client's batch is written here, but after a turn with several, or while others use the journal"
  )
  func ways() {
    func way(_ clients: [Int], isFree: Bool = true) -> CommitProgress.Way {
      let progress = Held(CommitProgress())
      var way = CommitProgress.Way.here
      for (index, count) in clients.enumerated() {
        way = progress {
          $0.chooseWay(
            for: count, isJournalFree: isFree || index < clients.count - 1, at: at(1))
        }
        progress { $0.end() }
      }
      return way
    }
    #expect(way([1]) == .here && way([0]) == .here)
    #expect(way([2]) == .elsewhere && way([2, 1]) == .elsewhere && way([2, 1, 1]) == .here)
    #expect(way([1], isFree: false) == .elsewhere)
  }

  @Test("The disk is healthy until it has kept a batch for as long as the watchdog waits")
  func health() {
    let progress = Held(CommitProgress())
    #expect(progress { $0.isHealthy(within: .seconds(5), at: at(100)) })
    #expect(progress { $0.chooseWay(for: 2, isJournalFree: true, at: at(100)) } == .elsewhere)
    #expect(progress { $0.isHealthy(within: .seconds(5), at: at(104)) })
    #expect(!progress { $0.isHealthy(within: .seconds(5), at: at(105)) })
    progress { $0.end() }
    #expect(progress { $0.isHealthy(within: .seconds(5), at: at(105)) })
    progress { $0.fail() }
    progress { $0.end() }
    #expect(
      progress { $0.hasFailed } && !progress { $0.isHealthy(within: .seconds(5), at: at(105)) })
    #expect(!progress { $0.want() } && !progress { $0.begin() })
  }

  // MARK: Replies on their way

  @Test("A connection owes something from the request until its batch is on disk")
  func outbox() {
    let outbox = Held(Outbox())
    #expect(outbox { $0.isEmpty })
    #expect(outbox { $0.expect("a") })
    #expect(!outbox { $0.expect(nil) }, "it is known already that there is something")
    outbox { $0.writer.reply("a", .ok) }
    outbox { $0.writer.end() }
    outbox { $0.withdraw() }
    let sealed = outbox { $0.seal() }
    #expect(sealed.tags == ["a"] && String(decoding: sealed.bytes, as: UTF8.self) == "+#a 200 ok\n")
    #expect(outbox { $0.count } == 0 && !outbox { $0.isEmpty }, "it waits for the disk")
    #expect(outbox { $0.expect("b") }, "that is in the next batch")
    outbox { $0.didSend() }
    #expect(!outbox { $0.isEmpty })
    outbox { $0.withdraw() }
    #expect(outbox { $0.isEmpty })
    #expect(
      !outbox { $0.expect("c") }, "it is known of this batch, though nothing was owed meanwhile")
    outbox { $0.withdraw() }
    outbox { $0.withdraw() }
    #expect(outbox { $0.isEmpty })
  }

  // MARK: Lines

  private func lines(_ input: Held<LineInput>) -> [String] {
    input { input in
      defer { input.forgetTaken() }
      var lines: [String] = []
      while let line = input.next() { lines.append(String(decoding: line, as: UTF8.self)) }
      return lines
    }
  }

  @Test(
    "Lines come out whole, however they come in; of one that is too long the end is passed over")
  func lineInput() {
    let input = Held(LineInput())
    input { $0.append("pi".utf8) }
    #expect(lines(input) == [] && !input { $0.hasLine })
    input { $0.append("ng\nwho".utf8) }
    #expect(input { $0.hasLine } && lines(input) == ["ping"])
    #expect(input { $0.bytes } == Array("who".utf8))
    input { $0.append("ami\nquit\n".utf8) }
    #expect(lines(input) == ["whoami", "quit"] && input { $0.bytes.isEmpty })

    input { $0.append(String(repeating: "x", count: 10).utf8) }
    #expect(!input { $0.dropTooLong(11) })
    #expect(input { $0.dropTooLong(10) }, "it is said")
    input { $0.append(String(repeating: "x", count: 10).utf8) }
    #expect(!input { $0.dropTooLong(10) }, "and not said again")
    input { $0.append("xx\nping\n".utf8) }
    #expect(!input { $0.dropTooLong(3) }, "there is a whole line")
    #expect(lines(input) == ["ping"])
    #expect(
      [
        input { $0.countFramingError() }, input { $0.countFramingError() },
        input { $0.countFramingError() },
      ]
        == [false, false, true])
  }

  @Test("A half-read line goes on in the next process, before what has come in since")
  func takenUpInput() {
    var newer = LineInput()
    newer.append("ng\n".utf8)
    let remains = SuspendedConnection(
      cookie: 1, setup: [], rights: nil, input: Array("pi".utf8), isSkippingLine: false,
      framingErrors: 2)
    let input = Held(LineInput(remains, then: newer))
    #expect(input { $0.framingErrors } == 2 && lines(input) == ["ping"])
    var skipping = remains
    skipping.isSkippingLine = true
    let skipped = Held(LineInput(skipping, then: newer))
    #expect(lines(skipped) == [] && !skipped { $0.isSkippingLine })
  }

  // MARK: Seats

  @Test("Seats are counted in all, for each user, and for the roles for which some are kept")
  func seats() {
    var limits = ClientLimits()
    limits.connections = 16
    limits.connectionsPerUser = 3
    let seats = Held(Seats(limits))
    for id in 1...3 { #expect(seats { $0.take(id, user: 7, as: .agent) } == nil) }
    #expect(seats { $0.take(4, user: 7, as: .agent) } == .ofUser(3))
    #expect(seats { $0.count } == 3 && seats { $0.count(of: 7) } == 3)
    for id in 5...15 { #expect(seats { $0.take(id, user: UInt32(100 + id), as: .agent) } == nil) }
    #expect(seats { $0.take(16, user: 16, as: .agent) } == .all(14, .desk))
    #expect(
      seats { $0.take(17, user: 17, as: .feed) } == nil && seats { $0.count(of: .service) } == 1)
    seats { $0.move(17, to: .monitor) }
    seats { $0.move(1, to: .admin) }
    seats { $0.move(99, to: .admin) }
    #expect(seats { $0.count(of: .service) } == 1, "who is not there has no seat")
    seats { $0.move(1, to: nil) }
    #expect(seats { $0.count(of: .service) } == 0 && seats { $0.count } == 15)
    for id in [1, 1, 2, 3] { seats { $0.leave(id) } }
    #expect(seats { $0.count } == 12 && seats { $0.count(of: 7) } == 0)
    seats { $0.leave(99) }
    #expect(seats { $0.count } == 12)
  }

  @Test("Who only looks on takes no seat from reps and leads, however many accounts there are")
  func onlookers() {
    var limits = ClientLimits()
    limits.connections = 80
    limits.connectionsPerUser = 16
    let seats = Held(Seats(limits))
    var id = 0
    func come(_ count: Int, user: UInt32, as role: Role) -> Int {
      (0..<count).count { _ in
        id += 1
        return seats { $0.take(id, user: user, as: role) } == nil
      }
    }
    #expect((1...5).map { come(16, user: $0, as: .monitor) } == [16, 16, 3, 0, 0])
    #expect(seats { $0.take(0, user: 9, as: .monitor) } == .all(35, .onlooker))
    #expect((11...13).map { come(16, user: $0, as: .agent) } == [16, 16, 3])
    #expect(come(16, user: 20, as: .admin) == 10)
    #expect(seats { $0.count } == 80)
    // Who becomes a lead gives a seat to look on from back.
    seats { $0.move(1, to: .lead) }
    #expect(seats { $0.count(of: .onlooker) } == 34 && seats { $0.count(of: .desk) } == 36)
  }

  @Test("A user may ask so often at once and so often over a time; another's share is another's")
  func rates() {
    let rates = Held(RequestRates(perSecond: 10, atOnce: 3))
    func take(_ user: UInt32, _ milliseconds: Int64) -> TimeSpan? {
      rates { $0.take(user, at: at(100) + .microseconds(milliseconds * 1_000)) }
    }
    #expect([take(1, 0), take(1, 0), take(1, 0)] == [nil, nil, nil])
    #expect(take(1, 0) == .microseconds(100_000))
    #expect(take(1, 60) == .microseconds(40_000), "who is refused is not counted")
    #expect(take(2, 60) == nil)
    #expect(take(1, 100) == nil && take(1, 100) == .microseconds(100_000))
    #expect([take(1, 900), take(1, 900), take(1, 900), take(1, 900)].count { $0 == nil } == 3)
  }

  // MARK: Followers

  private func record(_ seq: UInt64) -> Record {
    Record(seq: seq, at: at(1), content: .event(.calendar(.dayStarted), .init()))
  }

  @Test(
    "A follower takes each record once: from memory, from the disk when it was behind, from memory again"
  )
  func follower() {
    var follower = Follower(from: 1, committed: 0)
    #expect(follower.keepsUp && follower.isDue(record(1)))
    follower.take(before: 4)
    #expect(!follower.isDue(record(3)) && follower.isDue(record(4)))
    follower.take(before: 2)
    #expect(follower.next == 4, "it never goes back")
    follower.fallBehind()
    #expect(!follower.keepsUp && follower.wantsRead && !follower.isDue(record(4)))
    #expect(follower.lag(behind: 9) == 6 && follower.lag(behind: 3) == 0)
    follower.beginRead()
    #expect(follower.isReading && !follower.wantsRead)
    follower.fallBehind()
    #expect(follower.isReading, "a read is under way")
    follower.endRead(at: 8, committed: 9)
    #expect(follower.wantsRead && follower.next == 8)
    follower.beginRead()
    follower.endRead(at: nil, committed: 9)
    #expect(follower.wantsRead && follower.next == 8, "a read that fails is tried again")
    follower.beginRead()
    follower.endRead(at: 10, committed: 9)
    #expect(follower.keepsUp && follower.isDue(record(10)))
    follower.endRead(at: 1, committed: 9)
    #expect(follower.next == 10, "no read was under way")
    #expect(Follower(from: 5, committed: 5).wantsRead && Follower(from: 6, committed: 5).keepsUp)
  }

  @Test("Whoever is behind is read for in turn, one at a time")
  func turns() {
    let (catchUp, log) = (CatchUp(), ReadLog())
    let (a, b, none) = (
      SlowReader("a", 2, log), SlowReader("b", 1, log), SlowReader("none", 0, log)
    )
    catchUp.ask(a)
    for reader in [b, none, b, a] { catchUp.ask(reader) }
    #expect(log.begun == ["a"])
    log.end()
    #expect(log.begun == ["a", "b"], "asking twice is asking once")
    log.end()
    #expect(log.begun == ["a", "b", "a"])
    log.end()
    catchUp.ask(a)
    #expect(log.begun == ["a", "b", "a"], "it wants no more")
  }

  @Test(
    "Whoever somebody waits for is read for before the others, and not before the read under way")
  func urgent() {
    let (catchUp, log) = (CatchUp(), ReadLog())
    let readers = ["a", "b", "c"].map { SlowReader($0, 1, log) }
    for reader in readers { catchUp.ask(reader) }
    catchUp.ask(SlowReader("now", 1, log, isUrgent: true))
    for _ in 0..<4 { log.end() }
    #expect(log.begun == ["a", "now", "b", "c"])
  }

  @Test("Each round of records goes to everybody who was due when it began, in order")
  func delivery() {
    let delivery = Held(Delivery<String>())
    var asked = 0
    func next(_ due: [String]) -> String? {
      delivery {
        $0.nextToServe {
          asked += 1
          return due
        }
      }
    }
    #expect(next(["a"]) == nil && asked == 0, "there is nothing to send")
    delivery { $0.add([record(1), record(2)]) }
    #expect(next(["a", "b"]) == "a" && delivery { $0.records.map(\.seq) } == [1, 2])
    delivery { $0.add([record(3)]) }
    #expect(next(["c"]) == "b", "the round goes on with those it began with")
    #expect(next(["c"]) == "c" && delivery { $0.records.map(\.seq) } == [3])
    #expect(next(["d"]) == nil && asked == 2)
  }

  @Test("A record becomes a line once in a round, however many are sent it")
  func line() {
    let delivery = Held(Delivery<String>())
    var made = 0
    func line() -> [UInt8] {
      delivery { delivery in
        delivery.line(record(7)) { writer in
          made += 1
          writer.notice("x\(made)")
          writer.end()
        }
      }
    }
    #expect(line() == line() && made == 1)
    delivery { $0.add([record(8)]) }
    _ = delivery { $0.nextToServe { ["a"] } }
    #expect(String(decoding: line(), as: UTF8.self) == "% x2\n")
  }
}
