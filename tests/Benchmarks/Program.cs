using Ssl.Benchmarks;
using Ssl.Shared.Speech.Torch;
// Usage: Ssl.Benchmarks [threads [shape]]; prints each figure as a ratio to an anchor measured in the same run.
// Ssl.Benchmarks seeded: figures of seeded runs on ../shared/data (SSL_TEST_DATA), to the last digit.
// Ssl.Benchmarks serving [RECOGNIZER]: requests over HTTP beside the recognizer itself (a folder; default: a new Tiny).
// Ssl.Benchmarks hour RECOGNIZER: an hour of ../shared/data (SSL_TEST_DATA) in one file against its recordings.
// Ssl.Benchmarks live [FOLDER]: live sessions' delays and error, on read speech; keeps its recognizer in the folder.
// Ssl.Benchmarks imported [threads]: an imported Base against the operations of transformers.
// Ssl.Benchmarks gate: what chance does at the gate, and how a loop with a small gate gets better, on digits (5 minutes alone).
// Ssl.Benchmarks audio: decoding beside ffmpeg's, on ../shared/data (SSL_TEST_DATA).
// Ssl.Benchmarks vad: detectors of speech under noises, on ../shared/data (SSL_TEST_DATA).
// Ssl.Benchmarks ingest: CPU time of all of Ingest beside ffmpeg's (P8); needs a real Kafka (SSL_KAFKA_HOME).
// Ssl.Benchmarks segments: reading segments beside a bare poll loop (P9); needs a real Kafka.
// Ssl.Benchmarks swaps [1000 [Tiny]]: swaps under load, over a socket (P7, R5); Tiny, Small, Base or Large.
// Ssl.Benchmarks governor: requests beside fine-tuning, and beside fine-tuning and pretraining, in one process (P11).
// Ssl.Benchmarks rounds [3]: rounds that end by their validation loss against rounds of all updates, on digits.
if (args is ["seeded"])
{
    TorchRuntime.UseThreads(1);
    SeededFigures.Print();
    return;
}

var data = Environment.GetEnvironmentVariable("SSL_TEST_DATA") ?? Path.Combine("..", "shared", "data");
string[] Speech() => [.. Directory.GetFiles(Path.Combine(data, "read-speech", "audio")).Order(StringComparer.Ordinal)];
switch (args)
{
    case ["audio"]:
        AudioDecoding.Print(Speech());
        return;
    case ["vad"]:
        VoiceDetection.Print(data);
        return;
    case ["ingest"]:
        await IngestSpeed.PrintAsync(Speech());
        return;
    case ["governor"]:
        await Governor.PrintAsync();
        return;
    case ["rounds", .. var seeds]:
        TorchRuntime.UseThreads(1);
        RoundLengths.Print(data, seeds.Length > 0 ? int.Parse(seeds[0]) : 3);
        return;
    case ["segments"]:
        await SegmentReading.PrintAsync();
        return;
    case ["serving", ..]:
        await ServingSpeed.PrintAsync(args.ElementAtOrDefault(1));
        return;
    case ["live", .. var folder]:
        TorchRuntime.UseThreads(1);
        using (var heard = LiveModel.LoadOrMake(folder.FirstOrDefault()))
        {
            var work = Directory.CreateTempSubdirectory("ssl-live-").FullName;
            await LiveDelays.PrintAsync(heard, work);
            Directory.Delete(work, recursive: true);
            LiveError.Print(heard);
        }
        return;
    case ["swaps", .. var load]:
        await SwapLoad.PrintAsync(load.Length > 0 ? int.Parse(load[0]) : 1000, load.Length > 1 ? load[1] : "Tiny");
        return;
    case [SwapServer.Command, var registry, var swaps]:
        await SwapServer.RunAsync(registry, int.Parse(swaps));
        return;
    case ["gate"]:
        TorchRuntime.UseThreads(1);
        new GateTrials(data).Print();
        return;
    case ["imported", ..]:
        TorchRuntime.UseThreads(args.Length > 1 ? int.Parse(args[1]) : 2);
        ImportedSpeed.Print();
        return;
    case ["hour", var recognizer]:
        await HourLongFile.PrintAsync(recognizer, data);
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
