import LineProtocol
import NIOCore
import NIOEmbedded

@testable import Daemon

/// A client of the simulated daemon, who checks that it is told in order and nothing twice.
final class SimulatedClient {
  private(set) var channel: EmbeddedChannel
  /// Who it is.
  let peer: Peer
  private var unread: [UInt8] = []
  /// Tags that have no reply yet, in order.
  private(set) var outstanding: [(tag: String, line: String)] = []
  private var nextTag = 0
  /// The rest of a line that was sent in part.
  var rest: [UInt8] = []
  var isAsleep = false
  private(set) var isGone = false
  /// The next event of the one subscription.
  private var nextEvent: UInt64?
  private var isSubscribing = false
  private(set) var hasSubscribed = false
  /// The telephony side it speaks for: keys are a side's own.
  private var side = ""

  /// The highest number whose being on disk was acknowledged.
  private(set) var acknowledged: UInt64 = 0
  /// Commands done, by their key.
  private(set) var done: [String: String] = [:]
  private(set) var problems: [String] = []
  private(set) var transcript: [String] = []

  /// Whether what it sends is nonsense: what it hears are lines, and no more can be asked of them.
  private let isHostile: Bool

  init(_ channel: EmbeddedChannel, _ peer: Peer, isHostile: Bool = false) {
    self.channel = channel
    self.peer = peer
    self.isHostile = isHostile
  }

  /// A line with a tag of its own.
  func tagged(_ request: String) -> [UInt8] {
    nextTag += 1
    let tag = "t\(nextTag)"
    outstanding.append((tag, request))
    if request.hasPrefix("subscribe") {
      isSubscribing = true
      hasSubscribed = true
    }
    return Array("#\(tag) \(request)\n".utf8)
  }

  func send(_ bytes: some Sequence<UInt8>) {
    if isGone { return }
    let buffer = ByteBuffer(bytes: Array(bytes))
    do {
      try channel.writeInbound(buffer)
    } catch {
      isGone = true
    }
  }

  /// Whether its socket is with nobody, until another process takes it up.
  private var isParked = false

  /// Its socket is in somebody's keeping. What was written is still in it.
  func park() {
    collect()
    isParked = true
    channel.close(promise: nil)
  }

  /// Its socket is with another process now.
  func move(to channel: EmbeddedChannel) {
    self.channel = channel
    isParked = false
  }

  private func collect() {
    while let buffer = try? channel.readOutbound(as: ByteBuffer.self) {
      unread += buffer.readableBytesView
    }
  }

  /// Reads what has been written to it.
  func listen() {
    if !isAsleep, !isParked { collect() }
    while !isAsleep, let end = unread.firstIndex(of: 0x0A) {
      let line = unread[..<end]
      transcript.append(String(decoding: line, as: UTF8.self))
      hear(line)
      unread.removeFirst(end + 1)
    }
    if !channel.isActive, !isParked { isGone = true }
  }

  private func hear(_ bytes: ArraySlice<UInt8>) {
    guard let line = try? LineParser.serverLine(bytes) else {
      problems.append("not a line: \(String(decoding: bytes, as: UTF8.self))")
      return
    }
    if isHostile { return }
    switch line {
    case .reply(let tag, let code, _, let options): take(tag, code, line, options)
    case .event(let seq, _, _):
      if let nextEvent, seq != nextEvent {
        problems.append("event \(seq) came where \(nextEvent) was due")
      }
      nextEvent = seq + 1
    case .row, .notice: break
    }
  }

  private func take(_ tag: String?, _ code: Int, _ line: ServerLine, _ options: [Field]) {
    guard let tag else { return }
    guard let first = outstanding.first, first.tag == tag else {
      let due = outstanding.first.map { "#\($0.tag)" } ?? "nothing"
      problems.append(
        "reply #\(tag) where \(due) was due; heard:\n"
          + transcript.suffix(5).joined(separator: "\n"))
      return
    }
    outstanding.removeFirst()
    if isSubscribing, first.line.hasPrefix("subscribe") {
      isSubscribing = false
      if code < 300, let from = line["from"].flatMap({ UInt64($0) }) { nextEvent = from }
    }
    if code < 300, let seq = line["seq"].flatMap({ UInt64($0) }) {
      acknowledged = max(acknowledged, seq)
    }
    if code < 300, first.line.hasPrefix("feed.attach"), let name = line["feed"] {
      side = name + "/"
    }
    guard let key = Self.key(of: first.line).map({ side + $0 }), code != 450 else { return }
    let again = options.contains { $0.name == "replayed" }
    let text =
      "\(code) "
      + options.filter { !["replayed"].contains($0.name) }
      .map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    if let known = done[key], code < 300 || again, known != text {
      problems.append("key \(key): first \"\(known)\", then \"\(text)\"")
    }
    if code < 300 || code >= 500 { done[key] = done[key] ?? text }
  }

  static func key(of line: String) -> String? {
    line.split(separator: " ").first { $0.hasPrefix("key=") }.map { String($0.dropFirst(4)) }
  }
}
