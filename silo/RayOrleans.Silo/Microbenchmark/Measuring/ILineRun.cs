namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>A line that is ready to be measured. Used by one thread.</summary>
internal interface ILineRun : IDisposable
{
    /// <summary>Runs until the code is compiled well and memory has been touched.</summary>
    void WarmUp();

    /// <summary>Measures once.</summary>
    /// <returns>The figure in the line's unit.</returns>
    double Sample();
}
