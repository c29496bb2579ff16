import NIOCore
import NIOEmbedded

@testable import Daemon

// What clients do, and how they come and go.

extension SimulatedMachine {
  func takeOfClient(_ step: Step) {
    if step.kind == .connect || clients[step.client] == nil { connect(step.client) }
    guard let client = clients[step.client] else { return }
    switch step.kind {
    case .send: send(step.request(number: number), step.client)
    case .sendKeyed:
      let request = step.request(number: number) + " key=k-\(number)"
      if request.hasPrefix("call.arrive c-") { keyed.append((step.client, request)) }
      send(request, step.client)
    case .repeatKeyed:
      if let last = keyed.last(where: { $0.client == step.client }) { send(last.line, step.client) }
    case .sendHalf:
      let bytes = line(step.request(number: number), client)
      let cut = step.b % bytes.count
      client.send(bytes[..<cut])
      client.rest = Array(bytes[cut...])
    case .sendRest: send("ping", step.client)
    case .sendGarbage:
      // No newline: it becomes part of the next line, which is then none.
      client.send([0xFF, 0x00, 0x1B, UInt8(step.a % 10)])
      disconnect(step.client)
    case .disconnect: disconnect(step.client)
    case .fallAsleep:
      client.isAsleep = true
      client.channel.isWritable = false
      client.channel.pipeline.fireChannelWritabilityChanged()
    case .wakeUp: wake(client)
    case .subscribe:
      // One for each client: with two, an event is due twice.
      if client.hasSubscribed { break }
      send("subscribe s\(number) from=\(step.a % 2 == 0 ? "1" : "now")", step.client)
    default: break
    }
    settle()
    if step.b % 3 != 0 { pass(Int64(step.b % 7) * 1_000) }
  }

  private func send(_ request: String, _ slot: Int) {
    guard let client = clients[slot] else { return }
    note("at \(Double(elapsed) / 1e6) \(Self.actor(slot)) \(request)")
    client.send(line(request, client))
  }

  /// What the client in `slot` is called in a call script.
  private static func actor(_ slot: Int) -> String { "\(users[slot])-\(slot)" }

  /// Everybody, as a call script introduces them.
  static var actors: [String] {
    users.indices.map { slot in
      let role =
        ["root": "admin", "pbx": "feed", "lena": "lead"][users[slot]]
        ?? "agent agent \(users[slot])"
      return "actor \(actor(slot)) role \(role)"
    }
  }

  /// The bytes of a request, after whatever is left of the line before.
  private func line(_ request: String, _ client: SimulatedClient) -> [UInt8] {
    let rest = client.rest
    client.rest = []
    return rest + client.tagged(request)
  }

  func wake(_ client: SimulatedClient) {
    guard client.isAsleep else { return }
    client.isAsleep = false
    client.channel.isWritable = true
    client.channel.pipeline.fireChannelWritabilityChanged()
    // What piles up while waking is read as it comes.
    for _ in 0..<200 {
      client.listen()
      loop.advanceTime(by: .microseconds(5_001))
    }
  }

  func connect(_ slot: Int, isHostile: Bool = false) {
    disconnect(slot)
    if isHostile { hasHostileClients = true }
    let user = Self.users[slot]
    let uid: UInt32 = user == "root" ? 0 : UInt32(1_000 + slot)
    clients[slot] = call(Peer(uid: uid, user: user, groups: []), isHostile: isHostile)
  }

  /// A client of its own, who is looked after by whoever has called; `nil` while there is no daemon.
  func call(_ peer: Peer, isHostile: Bool = false) -> SimulatedClient? {
    guard let server else { return nil }
    let channel = EmbeddedChannel(loop: loop)
    open(channel, peer, server)
    settle()
    // The user database takes its time.
    if !areUsersHeld { loop.advanceTime(by: .microseconds(5_001)) }
    return SimulatedClient(channel, peer, isHostile: isHostile)
  }

  /// Connects `channel`, at whose other end is `peer`.
  func open(
    _ channel: EmbeddedChannel, _ peer: Peer, _ server: Server,
    _ inheritance: SuspendedConnection? = nil
  ) {
    users.add(peer)
    let handler = Connection(channel, server: server, inheritance: inheritance) {
      $0.eventLoop.makeSucceededFuture(Peer.Credentials(pid: 1, uid: peer.uid, gid: peer.uid))
    }
    do {
      try channel.pipeline.syncOperations.addHandler(handler)
      try channel.connect(to: SocketAddress(unixDomainSocketPath: "none")).wait()
    } catch {
      problems.append("cannot connect: \(error)")
    }
  }

  /// Goes on with the connections that the process before this one has left.
  func takeOver(_ server: Server) {
    server.takeOver { slot, remains in
      guard let client = clients[Int(slot)] else { return }
      let channel = EmbeddedChannel(loop: loop)
      channel.isWritable = !client.isAsleep
      client.move(to: channel)
      open(channel, client.peer, server, remains)
    }
  }

  private func disconnect(_ slot: Int) {
    guard let client = clients.removeValue(forKey: slot) else { return }
    retire(client)
    // Not finish(): that would take all timers of the loop with it.
    client.channel.close(promise: nil)
    settle()
  }

  /// What was acknowledged is in the journal, once.
  func checkAcknowledged(_ arrivals: [String: Int]) {
    for (_, line) in keyed {
      guard let key = SimulatedClient.key(of: line) else { continue }
      // Once for each telephony side that has used the key.
      for (used, reply) in done where used == key || used.hasSuffix("/\(key)") {
        guard reply.first == "2" else { continue }
        let call = line.split(separator: " ")[1]
        // A telephony side's name is before it in the reply.
        let name = reply.split(separator: " ").first { $0.hasPrefix("call=") }?.dropFirst(5)
        if arrivals[String(name ?? call)] != 1 {
          problems.append("\(call) was acknowledged and is not there")
        }
      }
    }
  }
}
