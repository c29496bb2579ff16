// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "rota-fuzz",
  dependencies: [
    .package(name: "rota", path: "../.."),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
  ],
  targets: [
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        .product(name: "Rota", package: "rota"),
        .product(name: "RotaClient", package: "rota"),
        .product(name: "RotaTestSupport", package: "rota"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
      ])
  ]
)
