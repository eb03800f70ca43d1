"""Started as `python3 <this folder>`."""
from assay_judge.main import main

if __name__ == "__main__":
    main()
