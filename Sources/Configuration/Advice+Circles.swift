import Routing
import YAMLTree
import Yams

// Circles of overflow: a caller whom each queue hands to the next.

extension ConfigurationParser {
  /// Warns of each key that closes a circle. Every circle has one, and when all of those are mended there is none.
  mutating func adviseOnCircles(_ reading: PlanReading) {
    var search = CircleSearch(reading)
    for queue in reading.queues { search.explore(from: queue.id) }
    for circle in search.circles {
      warn(
        circle.node,
        "\(circle.key): \(circle.path) is a circle: a caller who would go round in it goes to voicemail; let one of its queues end in voicemail, call-back or reject"
      )
    }
  }
}

/// A search in depth, without recursion: chains may be long.
private struct CircleSearch {
  typealias Edge = (key: String, node: Node, to: QueueID)

  /// Queues of a circle that are named at most.
  private static let mostNamed = 8

  private let names: [QueueID: String]
  private let edges: [QueueID: [Edge]]
  /// Queues on the way to where the search is, with the next edge to try of each.
  private var path: [(queue: QueueID, next: Int)] = []
  private var depth: [QueueID: Int] = [:]
  private var finished: Set<QueueID> = []
  private(set) var circles: [(key: String, node: Node, path: String)] = []

  init(_ reading: PlanReading) {
    names = Dictionary(
      reading.queues.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    edges = Dictionary(
      reading.queues.map { ($0.id, $0.overflows) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func explore(from start: QueueID) {
    enter(start)
    while let last = path.last {
      guard let edge = edges[last.queue].flatMap({ last.next < $0.count ? $0[last.next] : nil })
      else {
        path.removeLast()
        depth[last.queue] = nil
        finished.insert(last.queue)
        continue
      }
      path[path.count - 1].next += 1
      if let from = depth[edge.to] {
        circles.append((edge.key, edge.node, text(from: from, edge)))
      } else {
        enter(edge.to)
      }
    }
  }

  private mutating func enter(_ queue: QueueID) {
    if finished.contains(queue) { return }
    depth[queue] = path.count
    path.append((queue, 0))
  }

  /// The queues of a circle, from the first of it to the first again; of a long one, both ends.
  private func text(from start: Int, _ last: Edge) -> String {
    let circle = path[start...].map(\.queue)
    func named(_ queues: some Sequence<QueueID>) -> [String] {
      queues.map { "\"\(names[$0] ?? "")\"" }
    }
    let more = circle.count - Self.mostNamed
    let parts =
      more > 0
      ? named(circle.prefix(Self.mostNamed - 3)) + ["... \(more) more ..."]
        + named(circle.suffix(3))
      : named(circle)
    return (parts + named([last.to])).joined(separator: " -> ")
  }
}
