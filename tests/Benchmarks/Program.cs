using Ssl.Benchmarks;
using Ssl.Shared.Speech.Torch;
// Usage: Ssl.Benchmarks [threads [shape]]; prints each figure as a ratio to an anchor measured in the same run.
// Ssl.Benchmarks seeded: figures of seeded runs on ../shared/data (SSL_TEST_DATA), to the last digit.
if (args is ["seeded"])
{
    TorchRuntime.UseThreads(1);
    SeededFigures.Print();
    return;
}

var threads = args.Length > 0 ? int.Parse(args[0]) : 1;
TorchRuntime.UseThreads(threads);
Console.WriteLine($"{threads} thread{(threads == 1 ? "" : "s")} an operation");
foreach (var shape in BenchmarkShape.All.Where(s => args.Length < 2 || s.Name == args[1]))
{
    TrainingSpeed.Print(shape);
    RecognitionSpeed.Print(shape);
}
