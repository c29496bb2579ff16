// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "rota-benchmarks",
  dependencies: [
    .package(name: "rota", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    // A server under test and clients that load it.
    .target(name: "Load"),
    .executableTarget(
      name: "EngineBenchmark", dependencies: [.product(name: "Rota", package: "rota")]),
    .executableTarget(name: "DaemonBenchmark", dependencies: ["Load"]),
    .executableTarget(
      name: "LoadCheck",
      dependencies: [
        "Load", .product(name: "RotaClient", package: "rota"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "SimulationBenchmark", dependencies: [.product(name: "Rota", package: "rota")]),
    .executableTarget(name: "RecoveryBenchmark"),
  ]
)
