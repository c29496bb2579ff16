import Foundation
import NIOCore
import Systemd

/// What is left of a connection while no daemon runs. Its socket is in the service manager's keeping.
struct SuspendedConnection: Codable, Equatable, Sendable {
  /// The kernel's number for the socket (`SO_COOKIE`, socket(7)): the same in the next process.
  var cookie: UInt64
  /// Requests that make the new connection what the old one was: rights given up, subscriptions with where to go on.
  var setup: [String]
  /// Who the client was last told to be; `nil`: an earlier version did not say.
  var rights: String?
  /// Bytes that had been read and not yet carried out.
  var input: [UInt8]
  /// Whether these are the rest of a line that was too long.
  var isSkippingLine: Bool
  /// Lines so far that were none.
  var framingErrors: Int
}

/// Where connections are while no daemon runs. A simulated machine has one of its own.
struct Keeping: Sendable {
  /// What was kept.
  struct Kept {
    /// The sockets, and what belongs to them.
    var connections: [(socket: Int32, remains: SuspendedConnection)] = []
    /// How many there were, those that are closed by now among them.
    var count = 0
  }

  /// Whether there is somebody who keeps them.
  var isPresent: @Sendable () -> Bool
  /// The number by which the socket of a connection is known again.
  var cookie: @Sendable (any Channel) -> EventLoopFuture<UInt64>
  /// Takes the sockets of these connections, with what belongs to them, until the next process asks; says whether that
  /// could be done.
  var store: @Sendable ([SuspendedConnection]) -> Bool
  /// Gives back what an earlier process has left. A socket of which nobody knows what had been said is closed: its
  /// client sees the end, connects again and repeats with its key.
  var take: @Sendable () -> Kept

  /// systemd's descriptor store, with a file beside the sockets that says what belongs to each.
  static let serviceManager = Keeping(
    isPresent: { ServiceManager.isPresent }, cookie: { cookie(of: $0) }, store: { store($0) },
    take: { take() })

  /// The name of the clients' sockets in the store, and that of the file beside them.
  private static let socketName = "client"
  private static let stateName = "clients"

  private static func cookie(of channel: any Channel) -> EventLoopFuture<UInt64> {
    guard let provider = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
    }
    return provider.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_COOKIE))
  }

  private static func cookie(of descriptor: Int32) -> UInt64? {
    var cookie: UInt64 = 0
    var size = socklen_t(MemoryLayout<UInt64>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : nil
  }

  private static func store(_ remains: [SuspendedConnection]) -> Bool {
    guard let state = try? JSONEncoder().encode(remains) else { return false }
    DescriptorStore.put(Array(state), name: stateName)
    let wanted = Set(remains.map(\.cookie))
    // NIO does not show its descriptors; the kernel's cookie tells which they are.
    for descriptor in DescriptorStore.openDescriptors {
      guard let cookie = cookie(of: descriptor), wanted.contains(cookie) else { continue }
      DescriptorStore.put(descriptor, name: socketName)
    }
    DescriptorStore.settle(microseconds: 5_000_000)
    return true
  }

  private static func take() -> Kept {
    let sockets = DescriptorStore.descriptors(named: socketName)
    let state = DescriptorStore.bytes(named: stateName) ?? []
    DescriptorStore.remove(named: socketName)
    DescriptorStore.remove(named: stateName)
    let known = (try? JSONDecoder().decode([SuspendedConnection].self, from: Data(state))) ?? []
    let byCookie = Dictionary(known.map { ($0.cookie, $0) }) { $1 }
    var kept = Kept(count: sockets.count)
    for socket in sockets {
      if let remains = cookie(of: socket).flatMap({ byCookie[$0] }) {
        kept.connections.append((socket, remains))
      } else {
        close(socket)
      }
    }
    return kept
  }
}
