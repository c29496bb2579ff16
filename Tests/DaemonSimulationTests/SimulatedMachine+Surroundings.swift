import Base
import Foundation
import Frames
import NIOCore

@testable import Daemon
@testable import TestSupport

extension SimulatedMachine {
  /// The machine's files and randomness.
  var surroundings: Surroundings {
    let salts = SaltSource(TestRandom(state: random.next()))
    return Surroundings(
      readFile: { [file] _ in file.text }, salts: { salts.draw() }, drawName: { "simulated" },
      lookUp: { [users] in users.find($0) }, identify: { [file] _ in file.journal },
      keeping: keeping.port,
      notify: { [notices] in notices.note($0) })
  }

  /// The user database.
  final class SimulatedUsers: @unchecked Sendable {
    private var peers: [UInt32: Peer] = [:]

    /// Knows somebody.
    func add(_ peer: Peer) { peers[peer.uid] = peer }

    fileprivate func find(_ credentials: Peer.Credentials) -> Peer {
      peers[credentials.uid] ?? Peer(uid: credentials.uid, user: "\(credentials.uid)", groups: [])
    }
  }

  /// What the service manager was told.
  final class ServiceLog: @unchecked Sendable {
    private(set) var notices: [ServiceNotice] = []

    /// Whether each reload that was announced is over.
    var isReady: Bool {
      let reload = notices.lastIndex(of: .reloading) ?? -1
      let ready = notices.lastIndex { if case .ready = $0 { true } else { false } } ?? -1
      return ready >= reload
    }

    fileprivate func note(_ notice: ServiceNotice) { notices.append(notice) }
    func clear() { notices.removeAll() }
  }

  /// A service manager's store: what belongs to the connections of the slots, as the file beside them.
  final class SimulatedKeeping: @unchecked Sendable {
    /// Whether connections are handed over at the next stop.
    var isOn = false
    private var file: [UInt8] = []
    /// Which slot a channel is of.
    var slot: (any Channel) -> Int? = { _ in nil }

    /// Which slots have left something.
    var slots: Set<Int> { Set(remains.map { Int($0.cookie) }) }

    private var remains: [SuspendedConnection] {
      (try? JSONDecoder().decode([SuspendedConnection].self, from: Data(file))) ?? []
    }

    fileprivate var port: Keeping {
      Keeping(
        isPresent: { self.isOn },
        cookie: { channel in
          guard let slot = self.slot(channel) else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
          }
          return channel.eventLoop.makeSucceededFuture(UInt64(slot))
        },
        store: {
          self.file = (try? JSONEncoder().encode($0)).map(Array.init) ?? []
          return true
        },
        take: {
          defer { self.file = [] }
          let all = self.remains
          return Keeping.Kept(
            connections: all.map { (Int32($0.cookie), $0) }, count: all.count)
        })
    }
  }

  /// Salts of the machine's seed.
  private final class SaltSource: @unchecked Sendable {
    private var random: TestRandom
    init(_ random: TestRandom) { self.random = random }
    func draw() -> Salts { Salts(using: &random) }
  }
}
