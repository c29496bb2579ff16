import Base
import Measures
import Testing

@Suite struct MeasuresTests {
  @Test(
    "Service levels: ten offered, six answered, four of them in time, three gave up, one of them in time"
  )
  func serviceLevels() {
    var counts = CallerCounts()
    #expect(ServiceLevel.allCases.allSatisfy { counts.serviceLevel($0).value == nil })
    #expect(counts.averageSpeedOfAnswer.value == nil && counts.abandonment.value == nil)
    counts.offered = 10
    counts.answered = 6
    counts.answeredInTime = 4
    counts.abandoned = 3
    counts.abandonedInTime = 1
    counts.waitOfAnswered = .seconds(90)
    #expect(counts.serviceLevel(.negativeAbandon).value == 4.0 / 10)
    #expect(counts.serviceLevel(.positiveAbandon).value == 5.0 / 10)
    #expect(counts.serviceLevel(.withoutAbandon).value == 4.0 / 9)
    #expect(counts.serviceLevel(.handledOnly).value == 4.0 / 6)
    #expect(counts.averageSpeedOfAnswer.value == .seconds(15))
    #expect(counts.abandonment.value == 3.0 / 10)
  }

  @Test("Everybody gave up within T: of nobody there is no share")
  func nobodyLeft() {
    var counts = CallerCounts()
    counts.offered = 2
    counts.abandoned = 2
    counts.abandonedInTime = 2
    #expect(counts.serviceLevel(.withoutAbandon).value == nil)
    #expect(counts.serviceLevel(.positiveAbandon).value == 1)
  }

  @Test(
    "Occupancy: busy is talk, hold, consulting, outbound and wrap-up; ready is idle and ringing")
  func occupancy() {
    var times = RepTimes()
    #expect(times.occupancy.value == nil)
    times.talking = .seconds(100)
    times.holding = .seconds(20)
    times.consulting = .seconds(30)
    times.outbound = .seconds(40)
    times.wrapUp = .seconds(10)
    times.idle = .seconds(150)
    times.ringing = .seconds(50)
    #expect(times.busy == .seconds(200) && times.ready == .seconds(200))
    #expect(times.occupancy.value == 0.5)
  }

  @Test("Handle time is over the calls counted, and over no others")
  func handleTime() {
    var times = HandleTimes()
    #expect(times.average.value == nil)
    times.calls = 2
    times.time = .seconds(60 + 19 + 2 * 45)
    #expect(times.average.value == TimeSpan(seconds: 84.5))
  }
}
