import TestSupport
import Testing

@testable import Base

@Suite struct HeapTests {
  private struct Entry: HeapEntry, NumberedEntry, Equatable {
    var at: Int32
    var number: Int

    func precedes(_ other: Entry) -> Bool {
      at != other.at ? at < other.at : number < other.number
    }
  }

  @Test("Random insertions, replacements and removals come out as from a sorted array")
  func random() throws {
    var random = TestRandom(state: 5)
    for _ in 0..<40 {
      var heap = Heap(places: IndexedPlaces<Entry>())
      var model: [Entry] = []
      for _ in 0..<400 {
        let entry = Entry(
          at: Int32.random(in: 0...30, using: &random),
          number: Int.random(in: 0..<60, using: &random))
        switch Int.random(in: 0...4, using: &random) {
        case 0:
          if let position = heap.places[entry.number] {
            heap.places.forget(entry.number)
            heap.remove(at: position)
          }
          model.removeAll { $0.number == entry.number }
        case 1:
          let first = heap.removeFirst()
          if let first { heap.places.forget(first.number) }
          model.sort { $0.precedes($1) }
          #expect(first == model.first)
          if !model.isEmpty { model.removeFirst() }
        default:
          if let position = heap.places[entry.number] {
            heap.replace(at: position, with: entry)
          } else {
            heap.insert(entry)
          }
          model.removeAll { $0.number == entry.number }
          model.append(entry)
        }
        try check(heap, model)
      }
    }
  }

  private func check(_ heap: Heap<Entry, IndexedPlaces<Entry>>, _ model: [Entry]) throws {
    try #require(heap.count == model.count)
    try #require(heap.sorted == model.sorted { $0.precedes($1) })
    for position in 0..<heap.count {
      let isInOrder = position == 0 || heap[(position - 1) / 4].precedes(heap[position])
      try #require(isInOrder && heap.places[heap[position].number] == position)
    }
  }
}

@Suite struct SuggestionTests {
  @Test("Distances count insertions, deletions, replacements and swaps of neighbours")
  func distances() {
    func distance(_ a: String, _ b: String, upTo most: Int = 9) -> Int? {
      Suggestion.distance(Array(a.utf8), Array(b.utf8), upTo: most)
    }
    #expect(distance("kitten", "sitting") == 3 && distance("ab", "ba") == 1)
    #expect(distance("", "abc") == 3 && distance("abc", "") == 3 && distance("", "") == 0)
    #expect(distance("kitten", "sitting", upTo: 2) == nil)
    // Given up early or not, what is within the limit is found.
    var random = TestRandom(state: 3)
    for _ in 0..<2_000 {
      let words = (0..<2).map { _ in
        String(
          (0..<Int.random(in: 0...7, using: &random)).map { _ in
            "abc".randomElement(using: &random) ?? "a"
          })
      }
      let whole = distance(words[0], words[1], upTo: 99) ?? -1
      for most in 0...7 {
        #expect(
          distance(words[0], words[1], upTo: most) == (whole <= most ? whole : nil), "\(words)")
      }
    }
  }

  @Test("The nearest is found, nothing far is suggested, and neither long words nor many cost much")
  func nearest() {
    #expect(Suggestion.nearest(to: "roating", in: ["random", "rotating"]) == "rotating")
    #expect(Suggestion.nearest(to: "ALICE", in: ["alice"]) == "alice")
    #expect(Suggestion.nearest(to: "xyz", in: ["rotating", "random"]) == nil)
    #expect(Suggestion.nearest(to: String(repeating: "a", count: 65), in: ["aaa"]) == nil)
    var looked = 0
    let many = (0..<1_000_000).lazy.map { number in
      looked += 1
      return "representative-\(number)"
    }
    #expect(Suggestion.nearest(to: "representative-x", in: many) != nil)
    #expect(looked < 20_000)
  }
}

@Suite struct SplitMix64Tests {
  @Test("The numbers of the reference implementation for seed 1234567")
  func reference() {
    // Vigna, splitmix64.c, as quoted by the Rosetta Code task "Pseudo-random numbers/Splitmix64".
    var random = SplitMix64(state: 1_234_567)
    #expect(
      (0..<5).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }
}
