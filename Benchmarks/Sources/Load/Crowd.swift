import Glibc

/// Many connections of one thread: what each has been sent is counted, not kept.
package final class Crowd {
  /// One of them.
  package struct Member {
    /// The socket; -1 once it is closed.
    package var descriptor: Int32
    /// Whole lines read: all of them, and those that begin with `-`.
    package var lines = 0
    package var refusals = 0
    fileprivate var isAtLineStart = true
  }

  /// All of them.
  package private(set) var members: [Member] = []
  /// Where they connect.
  package let path: String
  private var chunk = [UInt8](repeating: 0, count: 65_536)

  /// Nobody yet; they will connect to `path`.
  package init(path: String) { self.path = path }

  deinit { leave(members.indices) }

  /// Connects `count` more.
  package func join(_ count: Int) {
    for _ in 0..<count { members.append(Member(descriptor: connectOrExit(path))) }
  }

  /// Connects a member anew.
  package func rejoin(_ index: Int) { members[index] = Member(descriptor: connectOrExit(path)) }

  /// Closes some.
  package func leave(_ indices: some Sequence<Int>) {
    for index in indices where members[index].descriptor >= 0 {
      close(members[index].descriptor)
      members[index].descriptor = -1
    }
  }

  /// Sends the same to some, as far as there is room.
  /// - Returns: how many bytes were taken.
  @discardableResult
  package func say(_ text: String, to indices: some Sequence<Int>) -> Int {
    let bytes = Array(text.utf8)
    var taken = 0
    for index in indices where members[index].descriptor >= 0 {
      let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
      let count = Glibc.send(members[index].descriptor, bytes, bytes.count, flags)
      if count > 0 { taken += count }
    }
    return taken
  }

  /// Reads until each of `indices` has `lines` lines, is closed, or `seconds` have passed.
  /// - Returns: how many have them.
  package func hear(_ lines: Int, from indices: Range<Int>, within seconds: Double) -> Int {
    let end = monotonic() + seconds
    while monotonic() < end {
      let waiting = indices.filter { members[$0].descriptor >= 0 && members[$0].lines < lines }
      if waiting.isEmpty { break }
      read(waiting, milliseconds: 100)
    }
    return indices.count { members[$0].lines >= lines }
  }

  /// Reads once what has come for `indices`; waits up to `milliseconds` for something.
  package func read(_ indices: some Collection<Int>, milliseconds: Int32) {
    let present = indices.filter { members[$0].descriptor >= 0 }
    var files = present.map {
      pollfd(fd: members[$0].descriptor, events: Int16(POLLIN), revents: 0)
    }
    if poll(&files, nfds_t(files.count), milliseconds) <= 0 { return }
    for (file, index) in zip(files, present) where file.revents != 0 { take(index) }
  }

  private func take(_ index: Int) {
    let count = Glibc.read(members[index].descriptor, &chunk, chunk.count)
    if count <= 0 { return leave([index]) }
    for byte in chunk[..<count] {
      if members[index].isAtLineStart, byte == 0x2D { members[index].refusals += 1 }
      members[index].isAtLineStart = byte == 0x0A
      if byte == 0x0A { members[index].lines += 1 }
    }
  }
}
