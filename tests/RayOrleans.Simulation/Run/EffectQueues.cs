namespace RayOrleans.Core.Simulation;

/// <summary>
/// Effects on their way: in order for each destination, in any order between destinations, and as late as the seed likes.
/// </summary>
internal sealed class EffectQueues
{
    private const int Destinations = 5;

    private readonly Queue<Effect>[] _queues = [.. Enumerable.Range(0, Destinations).Select(_ => new Queue<Effect>())];

    public int Count { get; private set; }

    public void Add(in Effect effect, int destination)
    {
        _queues[destination % Destinations].Enqueue(effect);
        Count++;
    }

    public Effect Take(SimRng rng)
    {
        int at = rng.Next(Destinations);
        while (_queues[at].Count == 0)
        {
            at = (at + 1) % Destinations;
        }

        Count--;
        return _queues[at].Dequeue();
    }
}
