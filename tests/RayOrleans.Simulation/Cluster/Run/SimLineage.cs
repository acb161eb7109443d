namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Where a shard of the simulation puts specs of finished tasks: it takes until the shard's next step, and fails now and then. Draws nothing, so schedules are what they were without it.</summary>
internal sealed class SimLineage(ClusterWorld world, TableShard machine)
{
    private readonly List<TaskSpec> _taken = [];
    private int _stored;

    /// <summary>How many specs lie here that were not released.</summary>
    public int Live { get; private set; }

    /// <summary>Some shards keep nothing in memory, others a little.</summary>
    public static long BytesOf(int index) => index % 2 == 0 ? 0 : 1_500;

    public void Flush()
    {
        foreach (TaskSpec spec in _taken)
        {
            machine.OnStored(spec, ++_stored % 7 == 0 ? null : new Aside(this, spec));
        }

        _taken.Clear();
        _taken.AddRange(machine.TakeFlushable());
        if (machine.LineageBytes > BytesOf(machine.Index))
        {
            throw new ViolationException($"shard {machine.Index} keeps {machine.LineageBytes} bytes of finished tasks in memory, and may keep {BytesOf(machine.Index)}");
        }
    }

    private sealed class Aside : StoredSpec
    {
        private readonly SimLineage _lineage;
        private readonly TaskSpec _spec;
        private bool _isReleased;

        public Aside(SimLineage lineage, TaskSpec spec)
        {
            (_lineage, _spec) = (lineage, spec);
            lineage.Live++;
        }

        public override int Bytes => _spec.Bytes;

        public override TaskSpec Read()
        {
            _lineage.World.Coverage.Hit("spec read back");
            return _isReleased ? throw new ViolationException($"the spec of {_spec.Id} is read after it was released") : _spec;
        }

        public override void Release()
        {
            if (_isReleased)
            {
                throw new ViolationException($"the spec of {_spec.Id} is released twice");
            }

            _isReleased = true;
            _lineage.Live--;
        }
    }

    private ClusterWorld World => world;
}
