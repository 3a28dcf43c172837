// Each case emulates a whole server on all processors: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
