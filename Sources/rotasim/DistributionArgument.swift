import ArgumentParser
import Stochastics

/// A distribution on the command line: a mean (exponential), or a name and its parameters.
struct DistributionArgument: ExpressibleByArgument {
  var distribution: Distribution

  init?(argument: String) {
    let parts = argument.split(separator: ":").map(String.init)
    guard let first = parts.first else { return nil }
    if parts.count == 1 {
      guard let mean = Seconds(argument: first), mean.value > 0 else { return nil }
      distribution = .exponential(mean: mean.value)
      return
    }
    let values = parts.dropFirst().compactMap { Seconds(argument: $0)?.value }
    guard values.count == parts.count - 1, let made = Distribution(name: first, values) else {
      return nil
    }
    distribution = made
  }
}
