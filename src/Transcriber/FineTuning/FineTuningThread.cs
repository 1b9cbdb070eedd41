using System.Runtime.InteropServices;
using Ssl.Shared.Torch;

namespace Ssl.Transcriber.FineTuning;

/// <summary>
/// A thread for long computations beside requests: few cores, and a lower priority than theirs. .NET's thread priorities do nothing on Linux;
/// niceness is a thread's own there (setpriority(2), "C library/kernel differences"), and what libtorch starts from it inherits it.
/// </summary>
static partial class FineTuningThread
{
    const int ThisThread = 0;

    /// <summary>Completes with what <paramref name="work"/> does: its end, its cancellation, its exception.</summary>
    public static Task RunAsync(Action work, int torchThreads, int niceness)
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                _ = SetPriority(which: 0, ThisThread, niceness); // refused: it competes on equal terms, which is no reason to stop
                TorchRuntime.UseThreads(torchThreads);
                work();
                completion.SetResult();
            }
            catch (OperationCanceledException e)
            {
                completion.SetCanceled(e.CancellationToken);
            }
            catch (Exception e)
            {
                completion.SetException(e);
            }
        })
        { Name = "fine-tune", IsBackground = true };
        thread.Start();
        return completion.Task;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int niceness);
}
