import Glibc
import NIOCore
import NIOPosix

/// The process at the other end of a Unix socket (unix(7), `SO_PEERCRED`): who it is, not what it says.
struct Peer: Hashable, Sendable {
  /// The user's number.
  var uid: UInt32
  /// The user's name, or the number if it has none.
  var user: String
  /// The groups the user is in.
  var groups: [String]

  /// Somebody.
  init(uid: UInt32, user: String, groups: [String]) {
    self.uid = uid
    self.user = user
    self.groups = groups
  }

  /// What the kernel knows of the process, laid out as it lays it out (`struct ucred`).
  struct Credentials: Hashable, Sendable {
    var pid: Int32 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0
  }

  /// Asks the kernel who is connected to `channel`.
  static func credentials(of channel: any Channel) -> EventLoopFuture<Credentials> {
    guard let provider = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
    }
    return provider.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
  }

  /// Asks the user database, which may take as long as it likes.
  init(lookingUp credentials: Credentials) {
    let (uid, gid) = (credentials.uid, credentials.gid)
    self.uid = uid
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getpwuid_r(uid, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
      user = String(uid)
      groups = []
      return
    }
    user = String(cString: entry.pw_name)
    var ids = [gid_t](repeating: 0, count: 256)
    var count = Int32(ids.count)
    guard getgrouplist(entry.pw_name, gid, &ids, &count) >= 0 else {
      groups = []
      return
    }
    groups = ids.prefix(Int(count)).compactMap { Self.groupName($0) }
  }

  private static func groupName(_ gid: gid_t) -> String? {
    var entry = group()
    var found: UnsafeMutablePointer<group>?
    var buffer = [CChar](repeating: 0, count: 65_536)
    guard getgrgid_r(gid, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
      return nil
    }
    return String(cString: entry.gr_name)
  }
}
