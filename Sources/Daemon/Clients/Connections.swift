import Logging
import NIOCore
import Vocabulary

/// The open connections of those who were let in, and how much they leave unread: that keeps the daemon's memory within
/// bounds, whatever clients do.
final class Connections: @unchecked Sendable {
  /// Bytes that clients may leave unread, all together. Buffers are larger than what is in them: what this costs is
  /// up to three times as much.
  private static let maxUnsent = 64 << 20

  private let context: ServerContext
  private var open: [Int: Connection] = [:]
  private var seats: Seats
  /// Bytes written that clients have not taken, all together.
  private var unsent = 0
  private var isReliefDue = false
  private var lastNumber = 0

  init(_ context: ServerContext) {
    self.context = context
    seats = Seats(context.limits)
  }

  // MARK: Who is there

  /// A number that no connection had.
  func drawNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  /// All of them, in the order in which they came: one history is always told the same.
  var all: [Connection] { open.values.sorted { $0.id < $1.id } }
  /// How many there are.
  var count: Int { seats.count }
  /// How many are of the roles of `kind`.
  func count(of kind: SeatClass) -> Int { seats.count(of: kind) }
  /// How many the user with this number has.
  func count(of user: UInt32) -> Int { seats.count(of: user) }
  /// Whether somebody waits for an answer that is being made elsewhere.
  var areBusy: Bool { open.values.contains(where: \.isBusy) }

  /// Takes in a connection for which there is room.
  /// - Returns: why there is none, if so.
  func add(_ connection: Connection, of user: UInt32, as role: Role) -> Seats.Shortage? {
    if let shortage = seats.take(connection.id, user: user, as: role) { return shortage }
    open[connection.id] = connection
    return nil
  }

  /// What the user of `connection` may do has changed; `nil`: nothing any more.
  func seat(_ connection: Connection, as role: Role?) { seats.move(connection.id, to: role) }

  /// The connection is gone.
  func remove(_ connection: Connection) {
    open[connection.id] = nil
    seats.leave(connection.id)
  }

  // MARK: Lines on their way to clients

  /// Whether clients leave so much unread that some will have to go.
  var leaveMuchUnread: Bool { unsent > Self.maxUnsent }

  /// Notes that clients have left so much more unread, or less.
  func unsentChanged(by bytes: Int) {
    unsent += bytes
    if !leaveMuchUnread || isReliefDue { return }
    isReliefDue = true
    context.loop.execute { [self] in
      for connection in open.values { connection.lookAtUnsent() }
      while leaveMuchUnread, closeHoarders() {}
      isReliefDue = false
    }
  }

  /// Closes connections of the user who leaves most unread, the worst first, until a quarter is free.
  /// - Returns: whether there was one to close.
  private func closeHoarders() -> Bool {
    var totals: [UInt32: Int] = [:]
    for connection in open.values {
      totals[connection.session?.uid ?? 0, default: 0] += connection.unsent
    }
    guard let user = totals.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key else {
      return false
    }
    let hoarders = open.values.filter { $0.session?.uid == user && $0.unsent > 0 }
      .sorted { ($0.unsent, $0.id) > ($1.unsent, $1.id) }
    var closed = 0
    for connection in hoarders where unsent > Self.maxUnsent / 4 * 3 {
      connection.abandon()
      closed += 1
    }
    context.logger.warning(
      "clients that leave too much unread were closed",
      metadata: ["user": "\(hoarders.first?.session?.user ?? "")", "connections": "\(closed)"])
    return closed > 0
  }
}
