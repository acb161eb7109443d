using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Processes;

/// <summary>The job that a process works for from now on.</summary>
/// <param name="Job">The job.</param>
/// <param name="Namespace">Its namespace for actors' names.</param>
internal sealed record JobSetup(JobId Job, string Namespace)
{
    public byte[] ToBytes()
    {
        WireWriter w = WireWriter.Borrow();
        w.Job(Job);
        w.Text(Namespace);
        return WireForm.Finish(w);
    }

    /// <exception cref="CorruptBatchException">The bytes are damaged.</exception>
    public static JobSetup Read(ReadOnlyMemory<byte> bytes)
    {
        WireReader r = new(bytes);
        JobSetup setup = new(r.Job(), r.RequiredText());
        r.Finish();
        return setup;
    }
}
