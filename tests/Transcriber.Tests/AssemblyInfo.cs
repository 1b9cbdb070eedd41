// Tensors, the random generator and the metrics are counted for the whole process: tests run one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
