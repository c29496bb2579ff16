import Foundation
import Load

/// Subscribers that do not read until they are woken, and then check what they are told.
final class Sleepers {
  private struct Sleeper {
    var descriptor: Int32
    /// The event due next; 0: the first tells.
    var next: UInt64 = 0
    var events = 0
    var outOfOrder = 0
    var lagNotices = 0
    var isClosed = false
    /// A line not yet whole.
    var rest: [UInt8] = []
  }

  private var sleepers: [Sleeper] = []
  private var chunk = [UInt8](repeating: 0, count: 1 << 18)

  /// Subscribes `count` of them to everything from now on, and lets them sleep.
  init(path: String, count: Int) throws {
    for _ in 0..<count {
      var sleeper = Sleeper(descriptor: connectOrExit(path))
      send(sleeper.descriptor, Array("subscribe s\n".utf8))
      var text = ""
      while !text.contains("\n+") || !text.hasSuffix("\n") {
        let count = read(sleeper.descriptor, &chunk, chunk.count)
        if count <= 0 { fatalError("the server closed the connection") }
        text += String(decoding: chunk[..<count], as: UTF8.self)
      }
      let from = text.split(separator: " ").first { $0.hasPrefix("from=") }?.dropFirst(5)
      sleeper.next = from.flatMap { UInt64($0) } ?? 0
      sleepers.append(sleeper)
    }
  }

  deinit { leave() }

  func leave() {
    for index in sleepers.indices where !sleepers[index].isClosed {
      close(sleepers[index].descriptor)
      sleepers[index].isClosed = true
    }
  }

  /// Everybody reads, until all have been told of event `last` or `seconds` have passed.
  func wake(until last: UInt64, within seconds: Double) {
    let end = monotonic() + seconds
    while monotonic() < end {
      let waiting = sleepers.indices.filter { !sleepers[$0].isClosed && sleepers[$0].next <= last }
      if waiting.isEmpty { return }
      var files = waiting.map {
        pollfd(fd: sleepers[$0].descriptor, events: Int16(POLLIN), revents: 0)
      }
      if poll(&files, nfds_t(files.count), 100) <= 0 { continue }
      for (file, index) in zip(files, waiting) where file.revents != 0 { take(index) }
    }
  }

  private func take(_ index: Int) {
    let count = read(sleepers[index].descriptor, &chunk, chunk.count)
    if count <= 0 {
      close(sleepers[index].descriptor)
      sleepers[index].isClosed = true
      return
    }
    var bytes = chunk[..<count]
    if !sleepers[index].rest.isEmpty {
      bytes = (sleepers[index].rest + bytes)[...]
      sleepers[index].rest = []
    }
    while let end = bytes.firstIndex(of: 0x0A) {
      hear(index, bytes[bytes.startIndex..<end])
      bytes = bytes[(end + 1)...]
    }
    sleepers[index].rest = Array(bytes)
  }

  private func hear(_ index: Int, _ line: ArraySlice<UInt8>) {
    // "! SEQ ..." or "% lag ..."
    if line.first == 0x21 {
      var seq: UInt64 = 0
      for byte in line.dropFirst(2) {
        guard byte >= 0x30, byte <= 0x39 else { break }
        seq = seq * 10 + UInt64(byte - 0x30)
      }
      if seq != sleepers[index].next { sleepers[index].outOfOrder += 1 }
      sleepers[index].next = seq + 1
      sleepers[index].events += 1
    } else if line.starts(with: "% lag subscription=s behind=".utf8) {
      sleepers[index].lagNotices += 1
    }
  }

  /// What they were told.
  func report(to last: UInt64, _ findings: inout Findings) {
    let events = sleepers.map(\.events).min() ?? 0
    let whole = sleepers.count { $0.next > last && $0.outOfOrder == 0 && !$0.isClosed }
    findings.must(
      "sleepers told every event, in order, none twice", whole == sleepers.count,
      "\(whole) of \(sleepers.count), \(events) each")
    let told = sleepers.count { $0.lagNotices > 0 }
    findings.must(
      "sleepers told of their lag", told == sleepers.count, "\(told) of \(sleepers.count)")
  }
}
