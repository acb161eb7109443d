namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Drains one link: takes a batch, sends it until it is answered, takes the next.</summary>
internal sealed class Drainer(ClusterWorld world, IBatchSender sender, Link link)
{
    private Batch? _current;

    /// <summary>The link says that it has something.</summary>
    public void Signal()
    {
        if (_current is null)
        {
            TakeNext();
        }
        else if (ReferenceEquals(link.InFlight, _current) && sender.TakeBatch(link) is { } second)
        {
            throw new ViolationException($"batch {second.Number} from {second.From} to {second.To} leaves while batch {_current.Number} is in flight");
        }
    }

    private void TakeNext()
    {
        _current = sender.TakeBatch(link);
        if (_current is { } batch)
        {
            sender.Observe(batch);
            Transmit(batch);
        }
    }

    private void Transmit(Batch batch)
    {
        world.Note("sends", sender.Host.Number, (int)batch.Number, batch.Messages.Count, batch.To);
        if (world.Resolve(batch.To) is { } receiver)
        {
            world.Network.Send(sender.Host, receiver.Host, () => Arrive(receiver, batch));
        }

        if (world.Rng.Chance(5))
        {
            // Who signals need not know that it was done before.
            sender.Host.Run(world.Rng.Next(40), Signal, isBackground: true);
        }

        sender.Host.Run(world.Limits.ResendAfter, () =>
        {
            if (ReferenceEquals(_current, batch))
            {
                if (link.IsClosed || !ReferenceEquals(link.InFlight, batch))
                {
                    // The link was closed or began anew in between.
                    TakeNext();
                }
                else
                {
                    world.Coverage.Hit("batch sent again");
                    Transmit(batch);
                }
            }
        });
    }

    private void Arrive(IBatchReceiver receiver, Batch batch)
    {
        BatchAnswer answer = receiver.OnBatch(batch);
        world.Note("answers", receiver.Host.Number, (int)batch.Number, (int)answer.Kind, batch.From);
        world.Network.Send(receiver.Host, sender.Host, () => OnAnswer(batch, answer));
    }

    private void OnAnswer(Batch batch, BatchAnswer answer)
    {
        bool isCurrent = ReferenceEquals(_current, batch);
        world.Coverage.Hit(isCurrent ? "answer" : "answer again");
        sender.OnAnswer(link, batch, answer);
        if (!isCurrent)
        {
            return;
        }

        if (link.IsToResend(batch, answer))
        {
            world.Coverage.Hit("answered by an old activation");
        }
        else
        {
            TakeNext();
        }
    }
}
