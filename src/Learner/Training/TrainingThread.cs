namespace Ssl.Learner.Training;

/// <summary>Runs training on one thread of its own: the tensor library's scopes, seeds and thread counts belong to a thread, and the pool's threads are for others.</summary>
static class TrainingThread
{
    /// <summary>Completes when <paramref name="train"/> returns or throws.</summary>
    public static Task RunAsync(Action train)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                train();
                ended.SetResult();
            }
            catch (Exception e)
            {
                ended.SetException(e);
            }
        })
        {
            Name = "training",
            IsBackground = true,
        };
        thread.Start();
        return ended.Task;
    }
}
