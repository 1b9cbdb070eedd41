// Metrics are the process's, and so is the number of cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
